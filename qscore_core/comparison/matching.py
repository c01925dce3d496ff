"""Which feature of one encoder is which of another: correlations over the shared images (Li et al., arXiv 1511.07543).

    c_jk = sum_i x_ij y_ik / sqrt(sum_i x_ij^2 sum_i y_ik^2)          centred columns of unit rows

Each feature of A has a best match in B (that paper's semi-matching), which several may share; the assignment pairs
features one to one with the largest sum of correlations (its bipartite matching, by SciPy).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float, Int
from scipy.optimize import linear_sum_assignment

from qscore_core.comparison.pair_sums import PairSums
from qscore_core.errors import SettingsError

NEVER_VARIES = 0.0  # correlation of a feature that is the same in all images


def correlations(sums: PairSums) -> Float[np.ndarray, "first second"]:
    """Pearson correlation of each feature of A with each of B; 0 for a feature that does not vary."""
    scale = np.sqrt(np.outer(sums.first.variances, sums.second.variances))
    return np.divide(sums.cross, scale, out=np.full_like(sums.cross, NEVER_VARIES), where=scale > 0)


@dataclass(frozen=True, eq=False)
class Matches:
    """For each feature of A: its best match in B with its correlation, and its partner one to one (-1: none is left).

    `mutual`: whether the best match's own best match is that feature.
    """

    best: Int[np.ndarray, " first"]
    correlation: Float[np.ndarray, " first"]
    mutual: np.ndarray
    partner: Int[np.ndarray, " first"]
    partner_correlation: Float[np.ndarray, " first"]

    def table(self) -> pd.DataFrame:
        """One row a feature of A."""
        return pd.DataFrame(
            {
                "feature": np.arange(len(self.best)),
                "best": self.best,
                "correlation": self.correlation,
                "mutual": self.mutual,
                "partner": self.partner,
                "partner_correlation": self.partner_correlation,
            }
        )


def matches(found: Float[np.ndarray, "first second"]) -> Matches:
    """Best matches and the assignment of a matrix of correlations."""
    features = np.arange(len(found))
    best = found.argmax(axis=1)
    rows, columns = linear_sum_assignment(found, maximize=True)
    partner, partner_correlation = np.full(len(found), -1), np.full(len(found), np.nan)
    partner[rows], partner_correlation[rows] = columns, found[rows, columns]
    return Matches(best, found[features, best], found.argmax(axis=0)[best] == features, partner, partner_correlation)


def best_matches(found: Float[np.ndarray, "first second"], feature: int, count: int = 5) -> list[tuple[int, float]]:
    """Features of B that go best with one of A, with their correlations. Raises SettingsError for an unknown one."""
    if not 0 <= feature < len(found):
        raise SettingsError(f"`feature` should lie between 0 and {len(found) - 1}. Found {feature}.")
    order = np.argsort(-found[feature], kind="stable")[:count]
    return [(int(k), float(found[feature, k])) for k in order]
