"""SimCLR (Chen et al. 2020, arXiv 2002.05709): each view must find the other view of its picture in the batch."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from lightly.loss import NTXentLoss
from lightly.models.modules.heads import SimCLRProjectionHead
from torch import Tensor

from qscore_core.errors import SettingsError
from qscore_core.objectives.objective import Objective
from qscore_core.objectives.views import ViewRecipe


@dataclass(frozen=True)
class SimCLRSettings:
    """`temperature` divides the cosines; the projector has one hidden layer; both views follow the same recipe."""

    method: ClassVar[str] = "simclr"
    view: ViewRecipe
    temperature: float = 0.2
    hidden_dim: int = 512
    output_dim: int = 128

    def __post_init__(self) -> None:
        if self.temperature <= 0:
            raise SettingsError(f"`temperature` should exceed 0. Found {self.temperature}.")

    def build(self, dim: int) -> "SimCLR":
        """The objective for an encoder with `dim` features."""
        return SimCLR(self, dim)


class SimCLR(Objective):
    """NT-Xent (equation 1 of the paper) between the projections of two views."""

    def __init__(self, settings: SimCLRSettings, dim: int) -> None:
        super().__init__()
        self.views = (settings.view, settings.view)
        self.projector = SimCLRProjectionHead(dim, settings.hidden_dim, settings.output_dim)
        self.nt_xent = NTXentLoss(temperature=settings.temperature)

    def terms(self, views: list[Tensor], representations: list[Tensor]) -> dict[str, Tensor]:  # noqa: ARG002
        projections = [self.projector(h) for h in representations]
        # cosines over a small temperature need more digits than bf16 has
        with torch.autocast(projections[0].device.type, enabled=False):
            return {"nt_xent": self.nt_xent(projections[0].float(), projections[1].float())}
