"""`evaluate`: how well signals predict the probe's mistakes."""

from dataclasses import dataclass
from typing import Any

from qscore_core.errors import DatasetError, SettingsError
from qscore_core.evaluation import EvaluationSettings
from qscore_core.judging import judgement, tables
from qscore_core.pipeline import Analysis, analyse, outcomes_of, probe_of
from qscore_core.probe import ProbeSettings
from qscore_core.several_views import Viewed, ViewSettings, views_of
from qscore_core.signals import Evidence
from qscore_core.signals.neighbours import Neighbours
from qscore_core.verbs._common import Session
from qscore_core.verbs._stored import stored
from qscore_core.verbs._tables import write_table
from qscore_core.verbs.scoring import ScoreRequest, analysed


@dataclass(frozen=True)
class EvaluateRequest:
    """The options of `evaluate`, as typed: `score.out` names a folder for the tables.

    `also` names encoders whose neighbours are compared with this one's; with 0 `views` none are made.
    """

    score: ScoreRequest
    train: str
    recipe: str
    also: tuple[str, ...]
    views: int
    view_images: int


def evaluate(request: EvaluateRequest, session: Session) -> dict[str, Any]:
    """Each signal against the probe's mistakes, with intervals; the probe's confidence as the labelled reference."""
    score, analysis = request.score, analysed(request.score, session)
    settings = ProbeSettings(recipe=request.recipe, seed=session.seed)  # type: ignore[arg-type]
    fit = stored(session, score.encoder, score.dataset, request.train)
    fitted = probe_of(fit, settings, session.workspace, session.tell)
    outcomes = outcomes_of(fitted, analysis.target, fit.classes)
    others = tuple(_neighbours_by(encoder, analysis, score, session) for encoder in request.also)
    views = _views(request, analysis, session)
    evidence = Evidence(analysis, session.workspace, outcomes, others, views, on_progress=session.tell)
    document = judgement(evidence, EvaluationSettings(seed=session.seed))
    if score.out:
        for name, table in tables(document, evidence).items():
            write_table(table, score.out / f"{name}.{'parquet' if name == 'images' else 'csv'}")
    return {
        "accuracy": outcomes.accuracy,
        "images": analysis.target.images,
        "split": analysis.target.split,
        "epsilon": analysis.settings.features.epsilon,
        "empty": analysis.scores.empty,
        "fit_check": analysis.check.as_dict(),
        **document,
        "out": str(score.out) if score.out else None,
    }


def _views(request: EvaluateRequest, analysis: Analysis, session: Session) -> Viewed | None:
    """Of all scored images; refused before the encoder runs where they are more than may be looked at."""
    if not request.views:
        return None
    if analysis.target.images > request.view_images:
        raise SettingsError(
            f"Augmentation consistency needs views of all {analysis.target.images:,} scored images, and "
            f"`--view-images` allows {request.view_images:,}. Allow more, or leave out `--views`."
        )
    settings = ViewSettings(request.views, request.view_images, session.seed)
    return views_of(analysis.target, session.workspace, settings, session.device, session.tell)


def _neighbours_by(encoder: str, analysis: Analysis, request: ScoreRequest, session: Session) -> Neighbours:
    """The neighbours of the same images under another encoder."""
    dataset = request.dataset
    target, fit = (stored(session, encoder, ref, split) for ref, split in _places(analysis, dataset))
    for ours, theirs in ((analysis.target, target), (analysis.fit, fit)):
        if list(ours.table["id"]) != list(theirs.table["id"]):
            raise DatasetError(
                f"`{encoder}` should have represented the same images of split `{ours.split}`. "
                f"Found {theirs.images:,} images beside {ours.images:,}, or others."
            )
    return Evidence(analyse(target, fit, analysis.settings, session.workspace), session.workspace).plain


def _places(analysis: Analysis, dataset: str) -> list[tuple[str, str]]:
    """Data set and split of target and fit."""
    fit = dataset if analysis.fit.ref == analysis.target.ref else analysis.fit.ref
    return [(dataset, analysis.target.split), (fit, analysis.fit.split)]
