"""What a self-supervised objective is: heads and state of its own, and a loss that is a sum of named terms."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager

import torch
from torch import Tensor, nn

from qscore_core.objectives.views import ViewRecipe

GLOBAL_VIEWS = 2  # every method's first two views are the pair it compares; crops of multi-crop come after them


class Objective(nn.Module, ABC):
    """One method's heads, views and loss.

    Everything that training changes besides the encoder (projector, predictor, prototypes, queue, momentum encoder)
    is a submodule or persistent buffer here, so that `state_dict()` is complete.
    """

    views: tuple[ViewRecipe, ...]
    """One recipe for each view of a picture; the first two are the pair that every method compares."""

    rate_factors: Mapping[str, float] = {}
    """Submodules by name that learn at so many times the run's rate."""

    def targets(self, views: list[Tensor]) -> list[Tensor]:  # noqa: ARG002
        """Representations by the method's momentum encoder, without gradient; none where it has no such encoder.

        `views[v]` [image, 3, size, size], normalised.
        """
        return []

    @abstractmethod
    def terms(self, representations: list[Tensor], targets: list[Tensor]) -> dict[str, Tensor]:
        """Scalar terms whose sum is the loss, over the whole batch at once, whichever process made its rows.

        `representations[v]` [image, feature]: h of view v by the encoder in training; `targets` as from `targets`.
        """

    def before_update(self, epoch: int) -> None:
        """Changes gradients in place before the optimizer uses them; `epoch` counts from 0."""

    def after_step(self, encoder: nn.Module, share_done: float) -> None:
        """Moves state that no gradient moves (momentum encoder); `share_done` of the run, 0..1."""


def at_least_float32(tensor: Tensor) -> Tensor:
    """Lifts half precisions; float64 stays, so that gradients can be checked."""
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))


def full_precision(like: Tensor) -> AbstractContextManager[None]:
    """For losses: cosines over a small temperature need more digits than bf16 has."""
    return torch.autocast(like.device.type, enabled=False)
