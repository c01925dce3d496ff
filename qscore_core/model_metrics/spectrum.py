"""How many directions representations use, and how evenly: functions of their singular values and covariance."""

import numpy as np
from jaxtyping import Float

from qscore_core.model_metrics.row_sums import RowSums

RANKME_FLOOR = 1e-7  # added to every share of the singular values, as in the paper
POWER_LAW = (10, 100)  # ranks of the eigenvalues that alpha is fitted to; the first ones lie off the line
NEGLIGIBLE = 1e-10  # of the largest eigenvalue; below it lies rounding


def rankme(sums: RowSums) -> float:
    """exp(-sum_k p_k log p_k), p_k = sigma_k / sum(sigma) + 1e-7; 0 where every entry is 0."""
    sigma = sums.singular_values
    if sigma.sum() == 0:
        return 0.0
    p = sigma / sigma.sum() + RANKME_FLOOR
    return float(np.exp(-(p * np.log(p)).sum()))


def alpha_req(sums: RowSums) -> float:
    """alpha of lambda_k ~ k^-alpha: minus the slope of log lambda_k over log k, k = 10..100 (as many as there are).

    NaN where fewer than three eigenvalues are left to fit.
    """
    found = sums.eigenvalues[sums.eigenvalues > NEGLIGIBLE * max(sums.eigenvalues[0], np.finfo(float).tiny)]
    first = POWER_LAW[0] if len(found) >= 2 * POWER_LAW[0] else 1
    ranks = np.arange(first, min(POWER_LAW[1], len(found)) + 1)
    if len(ranks) < 3:
        return float("nan")
    return float(-np.polyfit(np.log(ranks), np.log(found[ranks - 1]), 1)[0])


def nesum(sums: RowSums) -> float:
    """sum_k lambda_k / lambda_1 of the covariance; 0 where there is no variance."""
    return _over_first(sums.eigenvalues)


def stable_rank(sums: RowSums) -> float:
    """||H||_F^2 / sigma_1^2, not centred; 0 where every entry is 0."""
    return _over_first(sums.singular_values**2)


def _over_first(values: Float[np.ndarray, " rank"]) -> float:
    return float(values.sum() / values[0]) if values[0] > 0 else 0.0
