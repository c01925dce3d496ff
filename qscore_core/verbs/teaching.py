"""`lab`: the facts behind the guided session, and the teacher's sheet."""

from pathlib import Path
from typing import Any

from qscore_core.lab import measure_facts, standing, teachers_sheet, with_newest_run
from qscore_core.verbs._common import Session
from qscore_core.workspace import write_atomic


def lab(dataset: str, encoder: str, rival: str, sheet: Path | None, session: Session) -> dict[str, Any]:
    """The facts as JSON can hold them; a second call answers from the workspace."""
    facts = with_newest_run(measure_facts(session.workspace, dataset, encoder, rival, session.tell), session.workspace)
    if sheet is not None:
        write_atomic(sheet, teachers_sheet(facts, standing(session.workspace)))
        session.say(f"The teacher's sheet is `{sheet}`.")
    return facts.as_dict()
