"""Spaces in which images are neighbours: what is done to unit rows before their cosines are taken.

All are fitted on the fit split alone. A space takes rows h [image, feature] to unit rows [image, direction].
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from qscore_core.qscore import normalized
from qscore_core.representations import Representations

DIRECTIONS = 64
NEGLIGIBLE = 1e-4  # of the largest standard deviation; below it a direction is rounding


@dataclass(frozen=True, eq=False)
class UnitMoments:
    """Mean [feature] and population covariance [feature, feature] of the unit rows of a split, in float64."""

    images: int
    mean: Float[np.ndarray, " feature"]
    covariance: Float[np.ndarray, "feature other"]

    def principal(self, most: int) -> tuple[Float[np.ndarray, "feature direction"], Float[np.ndarray, " direction"]]:
        """Up to `most` principal directions with their standard deviations, largest first, negligible ones left out."""
        variances, directions = np.linalg.eigh(self.covariance)
        deviations = np.sqrt(np.maximum(variances, 0))[::-1][:most]
        kept = deviations > NEGLIGIBLE * max(deviations[0], np.finfo(float).tiny)
        return directions[:, ::-1][:, :most][:, kept], deviations[kept]


def unit_moments(fit: Representations) -> UnitMoments:
    """One pass over the rows of a split."""
    total, gram = np.zeros(fit.dim), np.zeros((fit.dim, fit.dim))
    for block in fit.blocks():
        unit = unit_rows(block).double().numpy()
        total += unit.sum(axis=0)
        gram += unit.T @ unit
    mean = total / fit.images
    return UnitMoments(fit.images, mean, gram / fit.images - np.outer(mean, mean))


def unit_rows(rows: Float[np.ndarray, "image feature"]) -> Float[Tensor, "image feature"]:
    """Rows of unit L2 norm, float32; a zero row stays zero."""
    return normalized(torch.from_numpy(np.array(rows, np.float32)))


@dataclass(frozen=True, eq=False)
class Space:
    """Unit rows u become (u - origin) @ axes, of unit length again."""

    name: str
    origin: Float[Tensor, " feature"] | None = None
    axes: Float[Tensor, "feature direction"] | None = None

    def __call__(self, rows: Float[np.ndarray, "image feature"]) -> Float[Tensor, "image direction"]:
        unit = unit_rows(rows)
        if self.origin is None:
            return unit
        moved = unit - self.origin
        return normalized(moved if self.axes is None else moved @ self.axes)


PLAIN = Space("plain")


def centred(moments: UnitMoments) -> Space:
    """Around the mean unit row of the fit split."""
    return Space("centred", torch.from_numpy(moments.mean).float())


def whitened(moments: UnitMoments, directions: int = DIRECTIONS) -> Space:
    """On the first principal directions of the fit split, each divided by its standard deviation."""
    axes, deviations = moments.principal(directions)
    return Space(
        f"whitened-{directions}",
        torch.from_numpy(moments.mean).float(),
        torch.from_numpy(axes / deviations).float(),
    )
