"""How many mistakes remain when only the images with the highest scores are answered (arXiv 1805.08206)."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from qscore_core.evaluation.outcomes import require_comparable
from qscore_core.evaluation.ranking import Masses, masses
from qscore_core.evaluation.resampling import STANDARD, EvaluationSettings, Interval, interval, resamples

POINTS = 50


@dataclass(frozen=True)
class RiskCoverage:
    """`risk` is the share of mistakes among the share `coverage` of the images with the highest scores.

    `aurc` is the mean risk over all numbers of images answered, lower is better: `chance` (the share of mistakes) for a
    signal that knows nothing, `best` for one that puts every mistake last. `low`, `high` and `aurc_ci` are bootstrap
    intervals at `level`. Equal scores are answered in random order, so their expected risk is taken.
    """

    coverage: tuple[float, ...]
    risk: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    aurc: float
    aurc_ci: Interval
    chance: float
    best: float
    level: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def risk_coverage(
    scores: Float[np.ndarray, " image"],
    correct: Bool[np.ndarray, " outcome"],
    settings: EvaluationSettings = STANDARD,
    points: int = POINTS,
) -> RiskCoverage:
    """The curve at `points` coverages and the area below it. Raises RepresentationError as `evaluate_signal` does."""
    require_comparable(scores, correct)
    coverage = np.arange(1, points + 1) / points
    whole = masses(scores, correct, np.ones((1, len(scores))))
    drawn = [masses(scores, correct, weights) for weights in resamples(len(scores), settings)]
    low, high = _ends(np.concatenate([_risks(found, coverage) for found in drawn]), settings.level)
    perfect = masses(correct.astype(np.float64), correct, np.ones((1, len(scores))))
    return RiskCoverage(
        coverage=tuple(coverage.tolist()),
        risk=tuple(_risks(whole, coverage)[0].tolist()),
        low=low,
        high=high,
        aurc=float(aurc(whole)[0]),
        aurc_ci=interval(np.concatenate([aurc(found) for found in drawn]), settings.level),
        chance=float((~correct).mean()),
        best=float(aurc(perfect)[0]),
        level=settings.level,
    )


def aurc(found: Masses) -> Float[np.ndarray, " resample"]:
    """Mean over t = 1..N of (expected mistakes among the first t) / t, for whole-numbered weights.

    In a group of m equal scores with e mistakes, after N0 images with E0 mistakes, it is E0 + e j/m at the j-th image:
    sum_j (E0 + e j/m) / (N0 + j) = e + (E0 - e N0/m) (H(N0 + m) - H(N0)), H the harmonic numbers.
    """
    mistakes, count = found.negative, (found.positive + found.negative).round().astype(np.int64)
    taken = count.cumsum(axis=1)
    before, mistakes_before = taken - count, mistakes.cumsum(axis=1) - mistakes
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, taken.max() + 1))])
    slope = mistakes / np.maximum(count, 1)
    parts = mistakes + (mistakes_before - slope * before) * (harmonic[taken] - harmonic[before])
    return parts.sum(axis=1) / taken[:, -1]


def _risks(found: Masses, coverage: Float[np.ndarray, " point"]) -> Float[np.ndarray, "resample point"]:
    """Expected mistakes among the images taken, over their number; within equal scores they grow evenly."""
    taken = np.pad((found.positive + found.negative).cumsum(axis=1), ((0, 0), (1, 0)))
    mistakes = np.pad(found.negative.cumsum(axis=1), ((0, 0), (1, 0)))
    wanted = coverage * taken[:, -1:]
    each = zip(wanted, taken, mistakes, strict=True)
    return np.stack([np.interp(t, up_to, wrong) for t, up_to, wrong in each]) / wanted


def _ends(values: Float[np.ndarray, "resample point"], level: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return tuple(low.tolist()), tuple(high.tolist())
