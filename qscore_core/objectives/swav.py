"""SwAV (Caron et al. 2020, arXiv 2006.09882): predict from each view the cluster assignment of another."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from lightly.loss import SwaVLoss
from lightly.models.modules.heads import SwaVProjectionHead, SwaVPrototypes
from lightly.models.modules.memory_bank import MemoryBankModule
from torch import Tensor, nn
from torch.nn.functional import normalize

from qscore_core.objectives.checks import require_above_zero, require_not_negative
from qscore_core.objectives.memory import keep_in_state
from qscore_core.objectives.objective import GLOBAL_VIEWS, Objective, at_least_float32, full_precision
from qscore_core.objectives.views import ViewRecipe


@dataclass(frozen=True)
class SwAVSettings:
    """Two global views give assignments; they and `local_views` small ones predict them (multi-crop).

    `queue_length` earlier projections a global view join the batch when assignments are balanced, once so many have
    passed (0: none; the paper uses them for batches smaller than the number of prototypes). `epsilon` is Sinkhorn's
    temperature; prototypes get no gradient in the first `frozen_epochs`.
    """

    method: ClassVar[str] = "swav"
    view: ViewRecipe
    local_view: ViewRecipe
    local_views: int = 4
    temperature: float = 0.1
    epsilon: float = 0.05
    hidden_dim: int = 512
    output_dim: int = 128
    prototypes: int = 128
    queue_length: int = 0
    frozen_epochs: int = 1

    def __post_init__(self) -> None:
        require_above_zero(temperature=self.temperature, epsilon=self.epsilon, prototypes=self.prototypes)
        require_not_negative(
            local_views=self.local_views, queue_length=self.queue_length, frozen_epochs=self.frozen_epochs
        )

    def build(self, encoder: nn.Module, dim: int) -> "SwAV":  # noqa: ARG002
        """The objective for an encoder with `dim` features."""
        return SwAV(self, dim)


class SwAV(Objective):
    """Swapped prediction (equation 2 of the paper); assignments by Sinkhorn-Knopp."""

    def __init__(self, settings: SwAVSettings, dim: int) -> None:
        super().__init__()
        self.views = (settings.view,) * GLOBAL_VIEWS + (settings.local_view,) * settings.local_views
        self.frozen_epochs = settings.frozen_epochs
        self.projector = SwaVProjectionHead(dim, settings.hidden_dim, settings.output_dim)
        self.prototypes = _prototypes(settings.output_dim, settings.prototypes)
        self.swapped = SwaVLoss(settings.temperature, sinkhorn_epsilon=settings.epsilon)
        queues = GLOBAL_VIEWS if settings.queue_length else 0
        self.queues = nn.ModuleList(_queue(settings.queue_length, settings.output_dim) for _ in range(queues))
        self.register_buffer("queued", torch.zeros((), dtype=torch.long))

    def terms(self, representations: list[Tensor], targets: list[Tensor]) -> dict[str, Tensor]:  # noqa: ARG002
        projections = [normalize(at_least_float32(self.projector(h)), dim=1) for h in representations]
        with full_precision(projections[0]):
            similarities = [self.prototypes(z) for z in projections]
            loss = self.swapped(
                similarities[:GLOBAL_VIEWS], similarities[GLOBAL_VIEWS:], self._of_queues(projections[:GLOBAL_VIEWS])
            )
        return {"swapped_prediction": loss.squeeze()}

    def before_update(self, epoch: int) -> None:
        if epoch < self.frozen_epochs:
            self.prototypes.zero_grad()

    def after_step(self, encoder: nn.Module, share_done: float) -> None:  # noqa: ARG002
        self.prototypes.normalize()

    @torch.no_grad()
    def _of_queues(self, projections: list[Tensor]) -> list[Tensor] | None:
        """Similarities of what each queue holds, None until they are full; the batch enters them afterwards."""
        if not self.queues:
            return None
        held = [queue(z, update=True)[1] for queue, z in zip(self.queues, projections, strict=True)]
        full = bool(self.queued >= len(held[0]))
        self.queued += len(projections[0])
        return [self.prototypes(z) for z in held] if full else None


def _prototypes(dim: int, count: int) -> SwaVPrototypes:
    prototypes = SwaVPrototypes(dim, count)
    for layer in prototypes.heads:
        layer.register_parameter("bias", None)  # lightly's layer has one; the paper's similarities are plain cosines
    prototypes.normalize()
    return prototypes


def _queue(length: int, dim: int) -> MemoryBankModule:
    queue = MemoryBankModule((length, dim), feature_dim_first=False)
    keep_in_state(queue)
    return queue
