"""`explain`: why the Q of an image is what it is."""

from dataclasses import asdict
from typing import Any

from qscore_core.errors import DatasetError
from qscore_core.feature_notes import notes_owner, read_notes
from qscore_core.verbs._common import Session
from qscore_core.verbs.scoring import ScoreRequest, analysed
from qscore_core.why_low import explain, in_sentences


def explain_image(image: str, request: ScoreRequest, session: Session) -> dict[str, Any]:
    """Of the image with that id in the scored split; `why` has it in sentences."""
    analysis = analysed(request, session)
    place = {str(id_): row for row, id_ in enumerate(analysis.target.table["id"])}.get(image)
    if place is None:
        raise DatasetError(f"Split `{analysis.target.split}` has no image `{image}` with a representation.")
    found = explain(analysis, place)
    notes = read_notes(notes_owner(analysis.fit), session.workspace)
    return {"image": image, "why": "\n".join(in_sentences(found, notes)), **asdict(found)}
