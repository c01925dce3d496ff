"""Barlow Twins (Zbontar et al. 2021, arXiv 2103.03230): the views' cross-correlation should be the identity."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from lightly.models.modules.heads import BarlowTwinsProjectionHead
from torch import Tensor, nn
from torch.nn.functional import batch_norm

from qscore_core.objectives.checks import require_above_zero, require_not_negative
from qscore_core.objectives.objective import Objective, at_least_float32, full_precision
from qscore_core.objectives.views import ViewRecipe


@dataclass(frozen=True)
class BarlowSettings:
    """`redundancy` is the paper's lambda, `scale` the factor its code puts on the whole loss for LARS (1: none)."""

    method: ClassVar[str] = "barlow"
    view: ViewRecipe
    other_view: ViewRecipe
    hidden_dim: int = 1024
    output_dim: int = 1024
    redundancy: float = 5e-3
    scale: float = 1.0

    def __post_init__(self) -> None:
        require_above_zero(scale=self.scale)
        require_not_negative(redundancy=self.redundancy)

    def build(self, encoder: nn.Module, dim: int) -> "Barlow":  # noqa: ARG002
        """The objective for an encoder with `dim` features."""
        return Barlow(self, dim)


class Barlow(Objective):
    """Equation 1 of the paper: invariance of the diagonal, redundancy off it."""

    def __init__(self, settings: BarlowSettings, dim: int) -> None:
        super().__init__()
        self.views = (settings.view, settings.other_view)
        self.redundancy, self.scale = settings.redundancy, settings.scale
        self.projector = BarlowTwinsProjectionHead(dim, settings.hidden_dim, settings.output_dim)

    def terms(self, representations: list[Tensor], targets: list[Tensor]) -> dict[str, Tensor]:  # noqa: ARG002
        first, second = (at_least_float32(self.projector(h)) for h in representations)
        with full_precision(first):
            correlation = cross_correlation(first, second)
            diagonal = correlation.diagonal()
            off_diagonal = correlation.square().sum() - diagonal.square().sum()
            return {
                "invariance": self.scale * (diagonal - 1).square().sum(),
                "redundancy": self.scale * self.redundancy * off_diagonal,
            }


def cross_correlation(first: Tensor, second: Tensor) -> Tensor:
    """Correlation [feature, feature] over the batch (equation 2); columns are brought to mean 0 and variance 1."""
    first, second = (batch_norm(z, None, None, training=True) for z in (first, second))
    return torch.einsum("ni,nj->ij", first, second) / len(first)
