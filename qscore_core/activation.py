"""Highly active features L_i, activation rates A_j and discriminative features D (arXiv 2203.01881, section 3).

    L_i = { j : h_ij > mu_i + epsilon * sigma_i }        mu_i, sigma_i over the r features of image i, divided by r
    A_j = 100/N * sum_i 1[j in L_i]                      percent of the images
    D   = { j : P_lower(A) <= A_j <= P_upper(A), A_j > 0 }

All three depend on h only through z_ij = (h_ij - mu_i) / sigma_i, so no scale of h matters here.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from qscore_core.errors import RepresentationError, SettingsError

EPSILON_RANGE = (0.5, 10.0)


@dataclass(frozen=True)
class FeatureSettings:
    """What counts as highly active and as discriminative; the defaults are the paper's.

    `epsilon` in standard deviations, `lower` and `upper` in percent. `firing_only` takes the percentiles over the
    features that fire at all, for encoders where over half of them never do. `two_sided` reads |z| for z, for
    representations with negative entries.
    """

    epsilon: float = 4.0
    lower: float = 50.0
    upper: float = 95.0
    firing_only: bool = False
    two_sided: bool = False

    def __post_init__(self) -> None:
        low, high = EPSILON_RANGE
        if not low <= self.epsilon <= high:
            raise SettingsError(f"`epsilon` should lie between {low} and {high}. Found {self.epsilon}.")
        if not 0 <= self.lower < self.upper <= 100:
            raise SettingsError(
                f"`percentiles` should rise from 0 to 100. Found {self.lower} and {self.upper}; the paper uses 50 95."
            )


def require_reachable(epsilon: float, dim: int) -> None:
    """Refuses an epsilon that no feature can exceed: the largest possible z of r features is sqrt(r - 1)."""
    if dim <= epsilon**2 + 1:
        raise RepresentationError(
            f"Representations of {dim} features cannot have a highly active one at epsilon = {epsilon:g}: the largest "
            f"possible z is sqrt({dim} - 1) = {np.sqrt(max(dim - 1, 0)):.2f}. Use an encoder with more than "
            f"{epsilon**2 + 1:.0f} features or a smaller epsilon."
        )


def z_scores(h: Float[Tensor, "image feature"]) -> Float[Tensor, "image feature"]:
    """(h_ij - mu_i) / sigma_i, population form; a constant row has no active feature and gives zeros."""
    deviation = h - h.mean(dim=1, keepdim=True)
    sigma = h.std(dim=1, correction=0, keepdim=True)
    return torch.where(sigma > 0, deviation / sigma.clamp_min(torch.finfo(h.dtype).tiny), 0.0)


def highly_active(h: Float[Tensor, "image feature"], epsilon: float) -> Bool[Tensor, "image feature"]:
    """Membership of feature j in L_i."""
    return z_scores(h) > epsilon


def activation_rates(active: Bool[Tensor, "image feature"]) -> Float[Tensor, " feature"]:
    """A_j in percent of the images."""
    return 100 * active.double().mean(dim=0)


def discriminative_features(
    rates: Float[np.ndarray, " feature"], settings: FeatureSettings
) -> Bool[np.ndarray, " feature"]:
    """D: features whose rate lies between two percentiles of A, ends included, linear interpolation.

    A feature that never fires is never discriminative, also where the lower percentile is zero.
    """
    low, high = percentile_band(rates, settings)
    return (rates >= low) & (rates <= high) & (rates > 0)


def percentile_band(rates: Float[np.ndarray, " feature"], settings: FeatureSettings) -> tuple[float, float]:
    """The two rates, in percent, between which a feature is discriminative."""
    population = rates[rates > 0] if settings.firing_only else rates
    if len(population) == 0:
        return 0.0, 0.0
    low, high = np.percentile(population, [settings.lower, settings.upper])
    return float(low), float(high)
