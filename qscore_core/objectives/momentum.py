"""Copies of a module that follow it as a moving average (momentum encoder, teacher)."""

import copy

import torch
from lightly.models.utils import deactivate_requires_grad, update_momentum
from lightly.utils.scheduler import cosine_schedule
from torch import Tensor, nn

from qscore_core.objectives.objective import at_least_float32

SCHEDULE_STEPS = 1_000_000  # lightly counts steps, we know the share that is done


class MomentumEncoder(nn.Module):
    """A copy of the encoder without gradients; in training it normalises by its own batches, as the originals do."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = frozen_copy(encoder)

    @torch.no_grad()
    def forward(self, views: list[Tensor]) -> list[Tensor]:
        """h of each view [image, feature], never in half precision."""
        return [at_least_float32(self.encoder(view)) for view in views]

    def follow(self, encoder: nn.Module, momentum: float) -> None:
        """weights <- momentum * weights + (1 - momentum) * encoder's weights."""
        update_momentum(encoder, self.encoder, momentum)


def frozen_copy(module: nn.Module) -> nn.Module:
    copied = copy.deepcopy(module)
    deactivate_requires_grad(copied)
    return copied


def rising_momentum(start: float, share_done: float) -> float:
    """From `start` to 1 along half a cosine, as BYOL and DINO use it."""
    return float(cosine_schedule(round(share_done * SCHEDULE_STEPS), SCHEDULE_STEPS, start, 1.0))
