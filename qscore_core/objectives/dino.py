"""DINO (Caron et al. 2021, arXiv 2104.14294): a student matches its momentum teacher's distribution over outputs."""

import warnings
from dataclasses import dataclass
from typing import ClassVar

import torch
from lightly.loss import DINOLoss
from lightly.models.modules.heads import DINOProjectionHead
from lightly.models.utils import deactivate_requires_grad, update_momentum
from torch import Tensor, nn

from qscore_core.objectives.checks import require_above_zero, require_not_negative, require_shares
from qscore_core.objectives.momentum import MomentumEncoder, rising_momentum
from qscore_core.objectives.objective import GLOBAL_VIEWS, Objective, at_least_float32, full_precision
from qscore_core.objectives.views import ViewRecipe


@dataclass(frozen=True)
class DINOSettings:
    """Two global views for teacher and student, `local_views` small ones for the student alone (multi-crop).

    `output_dim` outputs are compared; the last layer gets no gradient in the first `frozen_epochs`.
    """

    method: ClassVar[str] = "dino"
    view: ViewRecipe
    local_view: ViewRecipe
    local_views: int = 4
    student_temperature: float = 0.1
    teacher_temperature: float = 0.04
    center_momentum: float = 0.9
    momentum: float = 0.99
    hidden_dim: int = 512
    bottleneck_dim: int = 128
    output_dim: int = 1024
    batch_norm: bool = False
    frozen_epochs: int = 1

    def __post_init__(self) -> None:
        require_above_zero(student_temperature=self.student_temperature, teacher_temperature=self.teacher_temperature)
        require_not_negative(local_views=self.local_views, frozen_epochs=self.frozen_epochs)
        require_shares(momentum=self.momentum, center_momentum=self.center_momentum)

    def build(self, encoder: nn.Module, dim: int) -> "DINO":
        """The objective for an encoder with `dim` features."""
        return DINO(self, encoder, dim)


class DINO(Objective):
    """Cross-entropy between sharpened, centred teacher and student outputs (equation 3 of the paper)."""

    def __init__(self, settings: DINOSettings, encoder: nn.Module, dim: int) -> None:
        super().__init__()
        self.views = (settings.view,) * GLOBAL_VIEWS + (settings.local_view,) * settings.local_views
        self.momentum = settings.momentum
        self.projector = _projector(settings, dim)
        self.momentum_encoder = MomentumEncoder(encoder)
        # weight norm's computed weight cannot be deep-copied, so the teacher's head is built and filled
        self.momentum_projector = _projector(settings, dim)
        self.momentum_projector.load_state_dict(self.projector.state_dict())
        deactivate_requires_grad(self.momentum_projector)
        self.cross_entropy = DINOLoss(
            settings.output_dim,
            teacher_temp=settings.teacher_temperature,
            student_temp=settings.student_temperature,
            center_momentum=settings.center_momentum,
        )

    def targets(self, views: list[Tensor]) -> list[Tensor]:
        return self.momentum_encoder(views[:GLOBAL_VIEWS])

    def terms(self, representations: list[Tensor], targets: list[Tensor]) -> dict[str, Tensor]:
        student = [at_least_float32(self.projector(h)) for h in representations]
        with torch.no_grad():
            teacher = [at_least_float32(self.momentum_projector(h)) for h in targets]
        with full_precision(student[0]):
            return {"cross_entropy": self.cross_entropy(teacher, student)}

    def before_update(self, epoch: int) -> None:
        self.projector.cancel_last_layer_gradients(epoch)

    def after_step(self, encoder: nn.Module, share_done: float) -> None:
        momentum = rising_momentum(self.momentum, share_done)
        self.momentum_encoder.follow(encoder, momentum)
        update_momentum(self.projector, self.momentum_projector, momentum)


def _projector(settings: DINOSettings, dim: int) -> DINOProjectionHead:
    with warnings.catch_warnings():
        # lightly's head still uses torch's older weight_norm, which announces its successor
        warnings.simplefilter("ignore", FutureWarning)
        return DINOProjectionHead(
            dim,
            settings.hidden_dim,
            settings.bottleneck_dim,
            settings.output_dim,
            batch_norm=settings.batch_norm,
            freeze_last_layer=settings.frozen_epochs,
        )
