"""Representations that a verb asks for by reference."""

from qscore_core.errors import DatasetError
from qscore_core.pipeline import Subject, representations_of, splits
from qscore_core.representations import Representations
from qscore_core.verbs._common import Session


def stored(session: Session, encoder: str | None, dataset: str, split: str | None) -> Representations:
    """Extracted, resumed, or reused; says how many images were skipped."""
    subject = Subject(encoder, dataset, session.device)
    found = representations_of(subject, split, session.workspace, session.tell).representations
    if found.skipped:
        session.say(f"{len(found.skipped)} images of split `{found.split}` were skipped; `extract` lists them.")
    return found


def default_split(dataset: str, wanted: str | None, session: Session, preferred: str) -> str | None:
    """The split that was asked for, else the preferred one where it exists, else the only one."""
    if wanted is not None:
        return wanted
    known = splits(dataset, session.workspace)
    if preferred in known:
        return preferred
    if len(known) == 1:
        return known[0]
    raise DatasetError(f"`{dataset}` has the splits {', '.join(known)}: name one with --split.")
