"""`extract`: representations of a split on disk, with their index."""

from dataclasses import asdict
from typing import Any

from qscore_core.pipeline import Subject, representations_of
from qscore_core.representations import index_of
from qscore_core.verbs._common import Session

SKIPPED_TOLD = 10


def extract(subject: Subject, split: str | None, session: Session) -> dict[str, Any]:
    """Extracts, resumes or reuses; each of several processes does a part, and the first does the rest."""
    done = representations_of(subject, split, session.workspace, session.tell)
    stored = done.representations
    if session.leads:
        index_of(stored, session.workspace, on_progress=session.tell)
    for skipped in stored.skipped[:SKIPPED_TOLD]:
        session.say(f"skipped {skipped.path}: {skipped.reason}")
    return {
        "artefact": str(stored.folder),
        "split": stored.split,
        "images": stored.images,
        "dim": stored.dim,
        "skipped": [asdict(s) for s in stored.skipped],
        "reused": done.reused,
        "images_per_second": round(done.images_per_second, 1),
        "warnings": stored.about.get("warnings", []),
    }
