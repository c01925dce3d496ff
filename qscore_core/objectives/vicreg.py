"""VICReg (Bardes et al. 2022, arXiv 2105.04906): alike between views, spread over the batch, uncorrelated."""

from dataclasses import dataclass
from typing import ClassVar

from lightly.loss.vicreg_loss import covariance_loss, invariance_loss, variance_loss
from lightly.models.modules.heads import VICRegProjectionHead
from torch import Tensor, nn

from qscore_core.objectives.checks import require_not_negative
from qscore_core.objectives.objective import Objective, at_least_float32, full_precision
from qscore_core.objectives.views import ViewRecipe


@dataclass(frozen=True)
class VICRegSettings:
    """The weights of the three terms (the paper's 25, 25, 1) and the expander's width."""

    method: ClassVar[str] = "vicreg"
    view: ViewRecipe
    other_view: ViewRecipe
    hidden_dim: int = 1024
    output_dim: int = 1024
    invariance: float = 25.0
    variance: float = 25.0
    covariance: float = 1.0

    def __post_init__(self) -> None:
        require_not_negative(invariance=self.invariance, variance=self.variance, covariance=self.covariance)

    def build(self, encoder: nn.Module, dim: int) -> "VICReg":  # noqa: ARG002
        """The objective for an encoder with `dim` features."""
        return VICReg(self, dim)


class VICReg(Objective):
    """Equation 6 of the paper, each weighted term by its name."""

    def __init__(self, settings: VICRegSettings, dim: int) -> None:
        super().__init__()
        self.views = (settings.view, settings.other_view)
        self.weights = settings
        self.projector = VICRegProjectionHead(dim, settings.hidden_dim, settings.output_dim)

    def terms(self, representations: list[Tensor], targets: list[Tensor]) -> dict[str, Tensor]:  # noqa: ARG002
        first, second = (at_least_float32(self.projector(h)) for h in representations)
        with full_precision(first):
            return {
                "invariance": self.weights.invariance * invariance_loss(first, second),
                # the mean over both views, as in the authors' code
                "variance": self.weights.variance * (variance_loss(first) + variance_loss(second)) / 2,
                "covariance": self.weights.covariance * (covariance_loss(first) + covariance_loss(second)),
            }
