"""`find-slices`: groups of images with low Q, found without labels and kept as saved selections."""

from dataclasses import dataclass
from typing import Any

from qscore_core.errors import SliceError
from qscore_core.pipeline import outcomes_of, probe_of
from qscore_core.probe import ProbeSettings
from qscore_core.slice_search import FoundSlice, SearchSettings, find_slices
from qscore_core.slices import LONGEST_NAME, Slice, save_slice
from qscore_core.verbs._common import Session
from qscore_core.verbs.scoring import ScoreRequest, analysed


@dataclass(frozen=True)
class FindRequest:
    """The options of `find-slices`, as typed; `save` is the first word of the names of the slices to keep, if any."""

    score: ScoreRequest
    settings: SearchSettings
    save: str | None


def find_slices_verb(request: FindRequest, session: Session) -> list[dict[str, Any]]:
    """One row a slice; its errors are told where there are labels and another split to fit a probe on."""
    analysis = analysed(request.score, session)
    outcomes = None
    if analysis.target.labelled and analysis.fit.labelled and not analysis.fitted_on_itself:
        probe = probe_of(analysis.fit, ProbeSettings(seed=session.seed), session.workspace, session.tell)
        outcomes = outcomes_of(probe, analysis.target, analysis.fit.classes)
    found = find_slices(analysis, outcomes, request.settings)
    if not found:
        session.say("Note: no cluster holds more images of low Q than chance gives.")
    saved = [_kept(one, number, request, analysis.target.split, session) for number, one in enumerate(found, 1)]
    return [{**one.as_dict(), "saved": name} for one, name in zip(found, saved, strict=True)]


def _kept(one: FoundSlice, number: int, request: FindRequest, split: str, session: Session) -> str | None:
    """The name under which a slice was saved; None where it was not asked for, or the name is taken."""
    if request.save is None:
        return None
    name = f"{request.save} {number}: {one.title}"[:LONGEST_NAME]
    source = f"low Q of {request.score.encoder}, found without labels"
    try:
        save_slice(Slice(name, request.score.dataset, split, one.ids, source), session.workspace)
    except SliceError as error:
        session.say(f"Note: {error}")
        return None
    return name
