"""How far two encoders agree on which images are represented badly.

Spearman's rho is the correlation of the ranks, equal scores sharing their mean rank; Kendall's tau-b is the surplus of
pairs of images that both order alike over pairs that they order differently, out of the pairs tied in neither
(Kendall 1945, doi:10.1093/biomet/33.3.239). Both come from SciPy.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.stats import kendalltau, rankdata, spearmanr


@dataclass(frozen=True)
class RankAgreement:
    """Both from -1 to 1; None where one encoder scores all images alike."""

    spearman: float | None
    kendall: float | None


def rank_agreement(first: Float[np.ndarray, " image"], second: Float[np.ndarray, " image"]) -> RankAgreement:
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return RankAgreement(None, None)
    return RankAgreement(float(spearmanr(first, second).statistic), float(kendalltau(first, second).statistic))


def rank_percent(q: Float[np.ndarray, " image"]) -> Float[np.ndarray, " image"]:
    """Mean rank from 0 (lowest) to 100; equal scores share one."""
    ranks = rankdata(q, method="average") - 1
    return 100 * ranks / max(len(q) - 1, 1)


def most_disagreed(
    first: Float[np.ndarray, " image"], second: Float[np.ndarray, " image"], count: int
) -> Int[np.ndarray, " listed"]:
    """Places of the images that `first` ranks furthest below `second`, furthest first; only those it ranks lower."""
    gap = rank_percent(second) - rank_percent(first)
    order = np.argsort(-gap, kind="stable")[:count]
    return order[gap[order] > 0]
