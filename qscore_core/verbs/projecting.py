"""`project`: a map of the representations of a split."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from qscore_core.projection import project, settings_of
from qscore_core.verbs._common import Session
from qscore_core.verbs._stored import default_split, stored
from qscore_core.verbs._tables import require_table_name, write_table


def project_verb(
    encoder: str | None,
    dataset: str,
    split: str | None,
    method: str,
    changes: dict[str, Any],
    out: Path | None,
    session: Session,
) -> dict[str, Any]:
    """Makes or finds the map; the file has `id, path, label, split, x, y`."""
    if out:
        require_table_name(out)
    given = {name: value for name, value in changes.items() if value is not None}
    settings = replace(settings_of(method), seed=session.seed, **given)
    target = stored(session, encoder, dataset, default_split(dataset, split, session, "test"))
    found = project(target, settings, session.workspace, session.tell)
    if out:
        rows = target.table.iloc[found.rows][["id", "path", "label", "split"]]
        write_table(rows.assign(x=found.xy[:, 0], y=found.xy[:, 1]), out)
    return {
        "method": method,
        "images": found.images,
        "shown": len(found.rows),
        "seed": settings.seed,
        "library": found.about["library"],
        "made": found.in_words(),
        "out": str(out) if out else None,
    }
