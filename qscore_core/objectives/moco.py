"""MoCo v2 (Chen et al. 2020, arXiv 2003.04297): a view must find its key among a queue of older pictures' keys."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from lightly.loss import NTXentLoss
from lightly.models.modules.heads import MoCoProjectionHead
from lightly.models.utils import batch_unshuffle, update_momentum
from torch import Tensor, nn

from qscore_core.objectives.checks import require_above_zero, require_shares
from qscore_core.objectives.memory import keep_in_state
from qscore_core.objectives.momentum import MomentumEncoder, frozen_copy
from qscore_core.objectives.objective import Objective, at_least_float32, full_precision
from qscore_core.objectives.views import ViewRecipe

SHUFFLE_STREAM = 4  # keeps the order of keys apart from every other use of the same numbers


@dataclass(frozen=True)
class MoCoSettings:
    """`queue_length` keys serve as negatives; `key_groups` is the number of parts that keys are encoded in.

    Each part has batch-norm statistics of its own and pictures in shuffled order (the paper's shuffling, for one
    device): with common statistics a query could tell its own key from the queue's without looking at the picture.
    """

    method: ClassVar[str] = "moco"
    view: ViewRecipe
    temperature: float = 0.2
    hidden_dim: int = 512
    output_dim: int = 128
    queue_length: int = 4096
    momentum: float = 0.99
    key_groups: int = 4

    def __post_init__(self) -> None:
        require_above_zero(temperature=self.temperature, queue_length=self.queue_length, key_groups=self.key_groups)
        require_shares(momentum=self.momentum)

    def build(self, encoder: nn.Module, dim: int) -> "MoCo":
        """The objective for an encoder with `dim` features."""
        return MoCo(self, encoder, dim)


class MoCo(Objective):
    """InfoNCE (equation 1 of arXiv 1911.05722), symmetrised: each of the two views is query once and key once."""

    def __init__(self, settings: MoCoSettings, encoder: nn.Module, dim: int) -> None:
        super().__init__()
        self.views = (settings.view, settings.view)
        self.momentum, self.key_groups = settings.momentum, settings.key_groups
        self.projector = MoCoProjectionHead(dim, settings.hidden_dim, settings.output_dim)
        self.momentum_encoder = MomentumEncoder(encoder)
        self.momentum_projector = frozen_copy(self.projector)
        self.info_nce = NTXentLoss(settings.temperature, memory_bank_size=(settings.queue_length, settings.output_dim))
        keep_in_state(self.info_nce.memory_bank)
        self.register_buffer("steps", torch.zeros((), dtype=torch.long))

    def targets(self, views: list[Tensor]) -> list[Tensor]:
        return [self._keys(view, number) for number, view in enumerate(views)]

    def terms(self, representations: list[Tensor], targets: list[Tensor]) -> dict[str, Tensor]:
        queries = at_least_float32(torch.cat([self.projector(h) for h in representations]))
        with torch.no_grad():
            keys = at_least_float32(torch.cat([self.momentum_projector(h) for h in reversed(targets)]))
        # one call for both directions: a second one would find the first one's keys of the same pictures in the queue
        with full_precision(queries):
            return {"info_nce": self.info_nce(queries, keys)}

    def after_step(self, encoder: nn.Module, share_done: float) -> None:  # noqa: ARG002
        self.momentum_encoder.follow(encoder, self.momentum)
        update_momentum(self.projector, self.momentum_projector, self.momentum)
        self.steps += 1

    def _keys(self, view: Tensor, number: int) -> Tensor:
        # from the state alone: neither a resumed run nor an earlier run of the same process changes the order
        shuffled = np.random.default_rng([int(self.steps), number, SHUFFLE_STREAM]).permutation(len(view))
        order = torch.from_numpy(shuffled).to(view.device)
        groups = max(1, min(self.key_groups, len(view) // 2))  # never one picture alone
        parts = self.momentum_encoder(list(view[order].tensor_split(groups)))
        return batch_unshuffle(torch.cat(parts), order)
