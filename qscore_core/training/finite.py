"""Numbers that are no longer numbers end a run at once, before anything good is overwritten."""

import math

from torch import Tensor, nn

from qscore_core.errors import TrainingError


class NotFiniteError(TrainingError):
    """A loss term or a weight became NaN or infinite in step `step`."""

    def __init__(self, step: int, what: str) -> None:
        super().__init__(f"In step {step} {what} is not finite.")


def finite_values(terms: dict[str, Tensor], step: int) -> dict[str, float]:
    """The terms as plain numbers. Raises NotFiniteError naming the first that is not finite."""
    values = {name: float(term.detach()) for name, term in terms.items()}
    for name, value in values.items():
        if not math.isfinite(value):
            raise NotFiniteError(step, f"the loss term `{name}`")
    return values


def require_finite_weights(module: nn.Module, step: int) -> None:
    for name, value in module.state_dict().items():
        if not value.isfinite().all():
            raise NotFiniteError(step, f"the weight `{name}`")
