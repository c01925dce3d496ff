"""SimCLR (Chen et al. 2020, arXiv 2002.05709): each view must find the other view of its picture in the batch."""

from dataclasses import dataclass
from typing import ClassVar

from lightly.loss import NTXentLoss
from lightly.models.modules.heads import SimCLRProjectionHead
from torch import Tensor, nn

from qscore_core.objectives.checks import require_above_zero
from qscore_core.objectives.objective import Objective, at_least_float32, full_precision
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
        require_above_zero(temperature=self.temperature)

    def build(self, encoder: nn.Module, dim: int) -> "SimCLR":  # noqa: ARG002
        """The objective for an encoder with `dim` features."""
        return SimCLR(self, dim)


class SimCLR(Objective):
    """NT-Xent (equation 1 of the paper) between the projections of two views."""

    def __init__(self, settings: SimCLRSettings, dim: int) -> None:
        super().__init__()
        self.views = (settings.view, settings.view)
        self.projector = SimCLRProjectionHead(dim, settings.hidden_dim, settings.output_dim)
        self.nt_xent = NTXentLoss(temperature=settings.temperature)

    def terms(self, representations: list[Tensor], targets: list[Tensor]) -> dict[str, Tensor]:  # noqa: ARG002
        first, second = (at_least_float32(self.projector(h)) for h in representations)
        with full_precision(first):
            return {"nt_xent": self.nt_xent(first, second)}
