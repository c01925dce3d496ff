"""Q-Score (equation 1 of arXiv 2203.01881), in differentiable form and answered from the activation index.

    Q_i = 1/|L_i n D| * sum_{j in L_i n D} (h_ij - mu_i)          h_i L2-normalised; Q_i = 0 where L_i n D is empty

Every summand exceeds epsilon * sigma_i > 0, so zero is the floor of the score; how many images have an empty set is
always told beside it.
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from qscore_core.activation import FeatureSettings, discriminative_features, highly_active, require_reachable
from qscore_core.activation_index import ActivationIndex


def q_score(
    h: Float[Tensor, "image feature"], discriminative: Bool[Tensor, " feature"], epsilon: float
) -> Float[Tensor, " image"]:
    """Equation 1 on representations as given (normalise before); differentiable in h, with L_i held fixed."""
    deviation = h - h.mean(dim=1, keepdim=True)
    chosen = highly_active(h, epsilon) & discriminative
    return (deviation * chosen).sum(dim=1) / chosen.sum(dim=1).clamp(min=1)


def q_score_v1(h: Float[Tensor, "image feature"]) -> Float[Tensor, " image"]:
    """The score of the paper's first version: z of the strongest feature over the L1 norm (arXiv 2203.01881v1)."""
    mean, sigma = h.mean(dim=1), h.std(dim=1, correction=0)
    return (h.amax(dim=1) - mean) / sigma / h.abs().sum(dim=1)


@dataclass(frozen=True)
class ScoreSettings:
    """Which features count and whether rows are brought to unit L2 norm first, as everywhere in the paper."""

    features: FeatureSettings = field(default_factory=FeatureSettings)
    normalize: bool = True


@dataclass(frozen=True, eq=False)
class FeatureSet:
    """What the fit split says about the features: A_j in percent and membership of D."""

    settings: FeatureSettings
    rates: Float[np.ndarray, " feature"]
    discriminative: Bool[np.ndarray, " feature"]

    @property
    def count(self) -> int:
        return int(self.discriminative.sum())

    @property
    def never_firing(self) -> float:
        """Share of the features that fire in no image of the fit split."""
        return float((self.rates == 0).mean())


def find_features(fit: ActivationIndex, settings: FeatureSettings) -> FeatureSet:
    """A_j and D of the fit split. Raises RepresentationError where epsilon cannot be exceeded at this r."""
    require_reachable(settings.epsilon, fit.dim)
    rates = fit.rates(settings.epsilon)
    return FeatureSet(settings, rates, discriminative_features(rates, settings))


@dataclass(frozen=True, eq=False)
class QScores:
    """Scores of a split, one entry an image: Q_i, |L_i n D| and |L_i|."""

    q: Float[np.ndarray, " image"]
    discriminative_active: Int[np.ndarray, " image"]
    highly_active: Int[np.ndarray, " image"]

    @property
    def empty(self) -> int:
        """Images with an empty L_i n D, whose Q is 0 by definition."""
        return int((self.discriminative_active == 0).sum())


def scale_of(index: ActivationIndex, normalize: bool) -> Float[np.ndarray, " image"]:
    """sigma_i of the rows that the score is taken on: z times this is h_ij - mu_i."""
    std, norm = index.moment("std"), index.moment("l2")
    return np.divide(std, norm, out=np.zeros_like(std), where=norm > 0) if normalize else std


def q_scores(index: ActivationIndex, features: FeatureSet, settings: ScoreSettings) -> QScores:
    """Equation 1 for every image of an index, with D from the fit split."""
    sums, inside, active = index.sums_over(features.discriminative, settings.features.epsilon)
    q = scale_of(index, settings.normalize) * sums / np.maximum(inside, 1)
    return QScores(q, inside, active)


def score_table(index: ActivationIndex, scores: QScores, rows: pd.DataFrame, settings: ScoreSettings) -> pd.DataFrame:
    """The scores file: one row an image in data-set order.

    `mean` and `std` are mu_i and sigma_i of the row the score is taken on; `q_score_v1` is always of the unit row.
    """
    norm = index.moment("l2")
    unit = np.divide(1.0, norm, out=np.zeros_like(norm), where=norm > 0)
    l1 = index.moment("l1") * unit
    return rows[["id", "path", "label", "split"]].assign(
        q_score=scores.q,
        highly_active=scores.highly_active,
        discriminative_active=scores.discriminative_active,
        mean=index.moment("mean") * (unit if settings.normalize else 1.0),
        std=scale_of(index, settings.normalize),
        max_z=index.moment("max_z"),
        q_score_v1=np.divide(index.moment("max_z"), l1, out=np.zeros_like(l1), where=l1 > 0),
    )


def normalized(h: Float[Tensor, "image feature"]) -> Float[Tensor, "image feature"]:
    """Rows of unit L2 norm; a zero row stays zero."""
    return torch.nn.functional.normalize(h, dim=1)
