"""AUROC and average precision of many weightings of the same scores at once.

The scores are sorted once. A weighting (a bootstrap resample: how often each image was drawn) then only changes the
mass of positives and negatives in each group of equal scores. Ties count as scikit-learn counts them: half a win for
AUROC, one threshold for average precision.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float


@dataclass(frozen=True, eq=False)
class Masses:
    """Weight of the positives and of the negatives in each group of equal scores, best rank first."""

    positive: Float[np.ndarray, "resample group"]
    negative: Float[np.ndarray, "resample group"]

    def mirrored(self) -> "Masses":
        """The negatives become what is looked for, and the lowest score ranks first."""
        return Masses(self.negative[:, ::-1], self.positive[:, ::-1])


def masses(
    scores: Float[np.ndarray, " image"],
    positive: Bool[np.ndarray, " image"],
    weights: Float[np.ndarray, "resample image"],
) -> Masses:
    """Groups equal scores, the highest first."""
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], positive[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    mass = weights[:, order]
    return Masses(
        np.add.reduceat(np.where(hits, mass, 0.0), starts, axis=1),
        np.add.reduceat(np.where(hits, 0.0, mass), starts, axis=1),
    )


def auroc(found: Masses) -> Float[np.ndarray, " resample"]:
    """Share of (positive, negative) pairs in which the positive ranks higher, ties half; NaN without a pair."""
    before = found.positive.cumsum(axis=1) - found.positive
    wins = (found.negative * (before + found.positive / 2)).sum(axis=1)
    pairs = found.positive.sum(axis=1) * found.negative.sum(axis=1)
    return _ratio(wins, pairs)


def average_precision(found: Masses) -> Float[np.ndarray, " resample"]:
    """Sum over thresholds of (gain in recall) times precision; NaN without a positive."""
    hits = found.positive.cumsum(axis=1)
    taken = hits + found.negative.cumsum(axis=1)
    precision = hits / np.maximum(taken, np.finfo(float).tiny)
    return _ratio((found.positive * precision).sum(axis=1), hits[:, -1])


def _ratio(part: Float[np.ndarray, " resample"], whole: Float[np.ndarray, " resample"]) -> np.ndarray:
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0)
