"""How likely a representation is among those of the fit split: Mahalanobis distances and a Gaussian mixture.

Everything is of unit rows. The clustered densities work on the first principal directions, where a covariance can be
estimated from a few thousand images.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

from qscore_core.representations import Representations
from qscore_core.signals.spaces import DIRECTIONS, UnitMoments, unit_rows

CLUSTERS = 20
MOST_FITTED = 50_000  # images that fit a clustered density; more are drawn down to these
Rows = Float[np.ndarray, "image direction"]
FitRows = Float[np.ndarray, "fit direction"]
Scored = Float[np.ndarray, " image"]


@dataclass(frozen=True)
class DensitySettings:
    directions: int = DIRECTIONS
    clusters: int = CLUSTERS
    seed: int = 0


def mahalanobis(h: Float[np.ndarray, "image feature"], moments: UnitMoments) -> Scored:
    """-(u - mean)' C^+ (u - mean), C the fit split's covariance, negligible directions left out (arXiv 2103.12051).

    Leaving an image out of the mean and covariance it is judged by would not change the order, so it stays in.
    """
    axes, deviations = moments.principal(h.shape[1])
    z = (unit_rows(h).double().numpy() - moments.mean) @ (axes / deviations)
    return -(z**2).sum(axis=1)


def projected(representations: Representations, moments: UnitMoments, directions: int) -> Rows:
    """Unit rows on the first principal directions of the fit split, in units of the first one's deviation."""
    axes, deviations = moments.principal(directions)
    onto = axes / max(deviations[:1].max(initial=0), np.finfo(float).tiny)
    parts = [(unit_rows(block).double().numpy() - moments.mean) @ onto for block in representations.blocks()]
    return np.concatenate(parts)


def cluster_mahalanobis(fit: FitRows, target: Rows, settings: DensitySettings) -> Scored:
    """-min over k-means clusters of (x - m_c)' S^-1 (x - m_c), S pooled within clusters (1807.03888, 2103.12051)."""
    means = KMeans(_clusters(fit, settings), n_init=1, random_state=settings.seed).fit(fit)
    inside = fit - means.cluster_centers_[means.labels_]
    within = inside.T @ inside / len(fit)
    variances, axes = np.linalg.eigh(within)
    kept = variances > 1e-8 * variances[-1]
    onto = axes[:, kept] / np.sqrt(variances[kept])
    z, centres = target @ onto, means.cluster_centers_ @ onto
    squared = (z**2).sum(axis=1)[:, None] - 2 * z @ centres.T + (centres**2).sum(axis=1)
    return -squared.min(axis=1)


def mixture_density(fit: FitRows, target: Rows, settings: DensitySettings) -> Scored:
    """log p(x) of a mixture of Gaussians with diagonal covariances (a baseline of arXiv 2306.00206)."""
    mixture = GaussianMixture(
        _clusters(fit, settings),
        covariance_type="diag",
        random_state=settings.seed,
        reg_covar=1e-4,
        max_iter=50,
        tol=1e-2,
    )
    return mixture.fit(fit).score_samples(target)


def scored_by_others(
    score: Callable[[FitRows, Rows, DensitySettings], Scored],
    fit: FitRows,
    target: Rows,
    settings: DensitySettings,
    *,
    same: bool,
) -> Scored:
    """A density of the fit split on the target; where both are the same, each half is judged by the other's density."""
    if not same or len(fit) < 4:
        return score(_drawn(fit, settings), target, settings)
    order = np.random.default_rng(settings.seed).permutation(len(fit))
    halves, values = np.array_split(order, 2), np.empty(len(fit))
    for own, other in (halves, halves[::-1]):
        values[own] = score(_drawn(fit[other], settings), target[own], settings)
    return values


def _drawn(fit: FitRows, settings: DensitySettings) -> np.ndarray:
    if len(fit) <= MOST_FITTED:
        return fit
    return fit[np.random.default_rng(settings.seed).choice(len(fit), MOST_FITTED, replace=False)]


def _clusters(fit: FitRows, settings: DensitySettings) -> int:
    """As many as wanted, but with ten images each on average."""
    return max(1, min(settings.clusters, len(fit) // 10))
