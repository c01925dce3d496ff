"""SimSiam (Chen & He 2021, arXiv 2011.10566): predict the other view's projection, which gets no gradient."""

from dataclasses import dataclass
from typing import ClassVar

from lightly.loss import NegativeCosineSimilarity
from lightly.models.modules.heads import SimSiamPredictionHead, SimSiamProjectionHead
from torch import Tensor, nn

from qscore_core.objectives.checks import require_above_zero
from qscore_core.objectives.objective import Objective, at_least_float32, full_precision
from qscore_core.objectives.views import ViewRecipe


@dataclass(frozen=True)
class SimSiamSettings:
    """Projector of three layers of `output_dim`, predictor with a narrower hidden layer; both views alike.

    The predictor learns at `predictor_rate` times the run's rate: one that lags behind lets small encoders collapse to
    few dimensions (Tian et al. 2021, arXiv 2102.06810).
    """

    method: ClassVar[str] = "simsiam"
    view: ViewRecipe
    output_dim: int = 512
    predictor_hidden_dim: int = 128
    predictor_rate: float = 1.0

    def __post_init__(self) -> None:
        require_above_zero(predictor_rate=self.predictor_rate)

    def build(self, encoder: nn.Module, dim: int) -> "SimSiam":  # noqa: ARG002
        """The objective for an encoder with `dim` features."""
        return SimSiam(self, dim)


class SimSiam(Objective):
    """Symmetrised negative cosine with stopped gradient (equation 4 of the paper), -1 at best."""

    def __init__(self, settings: SimSiamSettings, dim: int) -> None:
        super().__init__()
        self.views = (settings.view, settings.view)
        self.rate_factors = {"predictor": settings.predictor_rate}
        out = settings.output_dim
        self.projector = SimSiamProjectionHead(dim, out, out)
        self.predictor = SimSiamPredictionHead(out, settings.predictor_hidden_dim, out)
        self.negative_cosine = NegativeCosineSimilarity()

    def terms(self, representations: list[Tensor], targets: list[Tensor]) -> dict[str, Tensor]:  # noqa: ARG002
        projections = [self.projector(h) for h in representations]
        first, second = (at_least_float32(z.detach()) for z in projections)
        of_first, of_second = (at_least_float32(self.predictor(z)) for z in projections)
        with full_precision(first):
            cosines = self.negative_cosine(of_first, second) + self.negative_cosine(of_second, first)
        return {"negative_cosine": cosines / 2}
