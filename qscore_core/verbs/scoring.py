"""`score` and `evaluate`: Q-Scores of a split, and how well signals predict the probe's mistakes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qscore_core.activation import FeatureSettings
from qscore_core.errors import DatasetError
from qscore_core.evaluation import EvaluationSettings
from qscore_core.judging import judgement, tables
from qscore_core.pipeline import Analysis, analyse, outcomes_of, probe_of, splits, with_epsilon
from qscore_core.probe import ProbeSettings
from qscore_core.qscore import ScoreSettings
from qscore_core.representations import Representations
from qscore_core.signals import Evidence
from qscore_core.signals.neighbours import Neighbours
from qscore_core.verbs._common import Session
from qscore_core.verbs._epsilon import parse_epsilon
from qscore_core.verbs._stored import default_split, stored
from qscore_core.verbs._tables import require_table_name, write_table


@dataclass(frozen=True)
class ScoreRequest:
    """The options that `score` and `evaluate` share, as typed."""

    encoder: str | None
    dataset: str
    split: str | None
    fit: str | None
    epsilon: str
    percentiles: tuple[float, float]
    normalize: bool
    firing_only: bool
    two_sided: bool
    out: Path | None

    @property
    def settings(self) -> ScoreSettings:
        """Settings with the paper's epsilon standing in for `auto` until the fit split is known."""
        lower, upper = self.percentiles
        number = parse_epsilon(self.epsilon)
        epsilon = FeatureSettings().epsilon if number == "auto" else number
        return ScoreSettings(
            FeatureSettings(epsilon, lower, upper, self.firing_only, self.two_sided), normalize=self.normalize
        )


def _fit_source(request: ScoreRequest, target: Representations, session: Session) -> Representations:
    """Representations on which D is found: the named split, `train` where there is one, else the split itself."""
    if request.fit is None:
        known = splits(request.dataset, session.workspace)
        return stored(session, request.encoder, request.dataset, "train") if "train" in known else target
    dataset, _, split = request.fit.rpartition("/")
    if not dataset or request.fit in splits(request.dataset, session.workspace):
        dataset, split = request.dataset, request.fit
    return stored(session, request.encoder, dataset, split)


def analysed(request: ScoreRequest, session: Session) -> Analysis:
    """Q-Scores as asked for; says what makes them doubtful."""
    target_split = default_split(request.dataset, request.split, session, "test")
    settings = request.settings
    target = stored(session, request.encoder, request.dataset, target_split)
    fit = _fit_source(request, target, session)
    settings = with_epsilon(settings, parse_epsilon(request.epsilon), fit, session.workspace)
    analysis = analyse(target, fit, settings, session.workspace, session.tell)
    for finding in analysis.check.findings:
        session.say(f"Note: {finding}")
    if analysis.fitted_on_itself:
        session.say("Note: D was found on the same split that is scored; name another with --fit where there is one.")
    return analysis


def score(request: ScoreRequest, session: Session) -> dict[str, Any]:
    """Q-Scores of a split, and the file with one row an image."""
    if request.out:
        require_table_name(request.out)
    analysis = analysed(request, session)
    table = analysis.table()
    if request.out:
        write_table(table, request.out)
    q = table["q_score"].to_numpy()
    chosen = analysis.settings.features
    return {
        "images": analysis.target.images,
        "dim": analysis.target.dim,
        "split": analysis.target.split,
        "fit": f"{analysis.fit.ref}/{analysis.fit.split}",
        "fitted_on_itself": analysis.fitted_on_itself,
        "epsilon": chosen.epsilon,
        "percentiles": [chosen.lower, chosen.upper],
        "normalize": analysis.settings.normalize,
        "discriminative": analysis.features.count,
        "empty": analysis.scores.empty,
        "mean": float(q.mean()),
        "quantiles": {f"{p}": float(np.percentile(q, p)) for p in (0, 5, 25, 50, 75, 95, 100)},
        "fit_check": analysis.check.as_dict(),
        "out": str(request.out) if request.out else None,
    }


def evaluate(request: ScoreRequest, train: str, recipe: str, also: tuple[str, ...], session: Session) -> dict[str, Any]:
    """Each signal against the probe's mistakes, with intervals; the probe's confidence as the labelled reference.

    `request.out` names a folder for the tables; `also` names encoders whose neighbours are compared with this one's.
    """
    analysis = analysed(request, session)
    settings = ProbeSettings(recipe=recipe, seed=session.seed)  # type: ignore[arg-type]
    fit = stored(session, request.encoder, request.dataset, train)
    fitted = probe_of(fit, settings, session.workspace, session.tell)
    outcomes = outcomes_of(fitted, analysis.target, fit.classes)
    others = tuple(_neighbours_by(encoder, analysis, request, session) for encoder in also)
    evidence = Evidence(analysis, session.workspace, outcomes, others, on_progress=session.tell)
    document = judgement(evidence, EvaluationSettings(seed=session.seed))
    if request.out:
        for name, table in tables(document, evidence).items():
            write_table(table, request.out / f"{name}.{'parquet' if name == 'images' else 'csv'}")
    return {
        "accuracy": outcomes.accuracy,
        "images": analysis.target.images,
        "split": analysis.target.split,
        "epsilon": analysis.settings.features.epsilon,
        "empty": analysis.scores.empty,
        "fit_check": analysis.check.as_dict(),
        **document,
        "out": str(request.out) if request.out else None,
    }


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
