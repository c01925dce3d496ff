"""Curves and bins of a signal, small enough to draw."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from jaxtyping import Bool, Float
from scipy.stats import binomtest, rankdata
from sklearn.metrics import precision_recall_curve, roc_curve

from qscore_core.evaluation.outcomes import require_both_outcomes, require_comparable

MOST_POINTS = 500


@dataclass(frozen=True)
class RocCurve:
    """Points from (0, 0) to (1, 1) for "correct"; `threshold` is None at the first, which takes no image."""

    false_positive_rate: tuple[float, ...]
    true_positive_rate: tuple[float, ...]
    threshold: tuple[float | None, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class PrecisionRecallCurve:
    """Points from recall 1 down to 0; `threshold` is None at the last, which takes no image.

    `chance` is the share of the positive class: the precision of a signal that knows nothing. For "error" an image is
    taken when its score is at most the threshold, for "correct" when it is at least the threshold.
    """

    recall: tuple[float, ...]
    precision: tuple[float, ...]
    threshold: tuple[float | None, ...]
    chance: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class ScoreBin:
    """Images with scores from `lowest` to `highest`, both taken; `low` to `high` is the accuracy's interval."""

    lowest: float
    highest: float
    images: int
    accuracy: float
    low: float
    high: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def roc_curve_points(scores: Float[np.ndarray, " image"], correct: Bool[np.ndarray, " outcome"]) -> RocCurve:
    """The ROC curve for "correct" by scikit-learn, thinned to at most 500 points."""
    require_comparable(scores, correct)
    require_both_outcomes(correct)
    false_rate, true_rate, threshold = roc_curve(correct, scores)
    kept = _thinned(len(threshold))
    return RocCurve(_floats(false_rate[kept]), _floats(true_rate[kept]), (None, *_floats(threshold[kept][1:])))


def precision_recall_points(
    scores: Float[np.ndarray, " image"],
    correct: Bool[np.ndarray, " outcome"],
    positive: Literal["correct", "error"] = "correct",
) -> PrecisionRecallCurve:
    """The precision-recall curve by scikit-learn, thinned to at most 500 points."""
    require_comparable(scores, correct)
    require_both_outcomes(correct)
    wanted, sign = (correct, 1) if positive == "correct" else (~correct, -1)
    precision, recall, threshold = precision_recall_curve(wanted, sign * scores)
    kept = _thinned(len(recall))
    return PrecisionRecallCurve(
        _floats(recall[kept]),
        _floats(precision[kept]),
        (*_floats(sign * threshold[kept[:-1]]), None),
        float(wanted.mean()),
    )


def accuracy_by_decile(
    scores: Float[np.ndarray, " image"], correct: Bool[np.ndarray, " outcome"], bins: int = 10, level: float = 0.95
) -> tuple[ScoreBin, ...]:
    """Accuracy in bins of about equally many images, lowest scores first, with Wilson intervals.

    Equal scores are never split: an image goes to the bin of its mean rank. Many empty sets (Q = 0) therefore share one
    large bin, and fewer than `bins` bins come back.
    """
    require_comparable(scores, correct)
    middle = rankdata(scores, method="average") - 0.5
    bin_of = np.floor(bins * middle / len(scores)).astype(int)
    return tuple(_bin(scores[bin_of == b], correct[bin_of == b], level) for b in np.unique(bin_of))


def _bin(scores: Float[np.ndarray, " image"], correct: Bool[np.ndarray, " image"], level: float) -> ScoreBin:
    interval = binomtest(int(correct.sum()), len(correct)).proportion_ci(level, method="wilson")
    return ScoreBin(
        lowest=float(scores.min()),
        highest=float(scores.max()),
        images=len(scores),
        accuracy=float(correct.mean()),
        low=float(interval.low),
        high=float(interval.high),
    )


def _thinned(points: int) -> np.ndarray:
    """Evenly spaced indices, both ends among them."""
    return np.unique(np.linspace(0, points - 1, min(points, MOST_POINTS)).round().astype(int))


def _floats(values: np.ndarray) -> tuple[float, ...]:
    return tuple(map(float, values))
