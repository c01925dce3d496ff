"""`score` and `evaluate`: Q-Scores of a split, and how well signals predict the probe's mistakes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from qscore_core.activation import FeatureSettings
from qscore_core.pipeline import Analysis, analyse, splits, with_epsilon
from qscore_core.qscore import ScoreSettings
from qscore_core.representations import Representations
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


def fit_source(encoder: str | None, dataset: str, fit: str, session: Session) -> Representations:
    """Representations on which D is found: a split of the data set, or DATASET/SPLIT of another."""
    other, _, split = fit.rpartition("/")
    if not other or fit in splits(dataset, session.workspace):
        other, split = dataset, fit
    return stored(session, encoder, other, split)


def _fit_of(request: ScoreRequest, target: Representations, session: Session) -> Representations:
    """Of the named split, `train` where there is one, else the split itself."""
    if request.fit is not None:
        return fit_source(request.encoder, request.dataset, request.fit, session)
    known = splits(request.dataset, session.workspace)
    return stored(session, request.encoder, request.dataset, "train") if "train" in known else target


def analysed(request: ScoreRequest, session: Session) -> Analysis:
    """Q-Scores as asked for; says what makes them doubtful."""
    target_split = default_split(request.dataset, request.split, session, "test")
    settings = request.settings
    target = stored(session, request.encoder, request.dataset, target_split)
    fit = _fit_of(request, target, session)
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
