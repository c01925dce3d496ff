"""BYOL (Grill et al. 2020, arXiv 2006.07733): predict the momentum encoder's projection of the other view."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from lightly.loss import NegativeCosineSimilarity
from lightly.models.modules.heads import BYOLPredictionHead, BYOLProjectionHead
from lightly.models.utils import update_momentum
from torch import Tensor, nn

from qscore_core.objectives.checks import require_above_zero, require_shares
from qscore_core.objectives.momentum import MomentumEncoder, frozen_copy, rising_momentum
from qscore_core.objectives.objective import Objective, at_least_float32, full_precision
from qscore_core.objectives.views import ViewRecipe


@dataclass(frozen=True)
class BYOLSettings:
    """`momentum` is where the momentum encoder's rate starts; it rises to 1 along the run.

    The predictor learns at `predictor_rate` times the run's rate: one that lags behind lets small encoders collapse to
    few dimensions (Tian et al. 2021, arXiv 2102.06810).
    """

    method: ClassVar[str] = "byol"
    view: ViewRecipe
    other_view: ViewRecipe
    hidden_dim: int = 512
    output_dim: int = 128
    momentum: float = 0.99
    predictor_rate: float = 1.0

    def __post_init__(self) -> None:
        require_above_zero(predictor_rate=self.predictor_rate)
        require_shares(momentum=self.momentum)

    def build(self, encoder: nn.Module, dim: int) -> "BYOL":
        """The objective for an encoder with `dim` features."""
        return BYOL(self, encoder, dim)


class BYOL(Objective):
    """Squared distance of unit vectors, 2 - 2 cos (equation 2 of the paper), in both directions."""

    def __init__(self, settings: BYOLSettings, encoder: nn.Module, dim: int) -> None:
        super().__init__()
        self.views = (settings.view, settings.other_view)
        self.momentum = settings.momentum
        self.rate_factors = {"predictor": settings.predictor_rate}
        self.projector = BYOLProjectionHead(dim, settings.hidden_dim, settings.output_dim)
        self.predictor = BYOLPredictionHead(settings.output_dim, settings.hidden_dim, settings.output_dim)
        self.momentum_encoder = MomentumEncoder(encoder)
        self.momentum_projector = frozen_copy(self.projector)
        self.negative_cosine = NegativeCosineSimilarity()

    def targets(self, views: list[Tensor]) -> list[Tensor]:
        return self.momentum_encoder(views)

    def terms(self, representations: list[Tensor], targets: list[Tensor]) -> dict[str, Tensor]:
        first, second = (at_least_float32(self.predictor(self.projector(h))) for h in representations)
        with torch.no_grad():
            of_first, of_second = (at_least_float32(self.momentum_projector(h)) for h in targets)
        with full_precision(first):
            cosines = self.negative_cosine(first, of_second) + self.negative_cosine(second, of_first)
        return {"regression": 4 + 2 * cosines}

    def after_step(self, encoder: nn.Module, share_done: float) -> None:
        momentum = rising_momentum(self.momentum, share_done)
        self.momentum_encoder.follow(encoder, momentum)
        update_momentum(self.projector, self.momentum_projector, momentum)
