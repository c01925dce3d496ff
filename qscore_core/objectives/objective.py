"""What a self-supervised objective is: heads and state of its own, and a loss that is a sum of named terms."""

from abc import ABC, abstractmethod

from torch import Tensor, nn

from qscore_core.objectives.views import ViewRecipe


class Objective(nn.Module, ABC):
    """One method's heads, views and loss.

    Everything that training changes besides the encoder (projector, predictor, prototypes, queue, momentum encoder)
    is a submodule or buffer here, so that `state_dict()` is complete.
    """

    views: tuple[ViewRecipe, ...]
    """One recipe for each view of a picture that the method compares."""

    @abstractmethod
    def terms(self, views: list[Tensor], representations: list[Tensor]) -> dict[str, Tensor]:
        """Scalar terms whose sum is the loss.

        `views[v]` [image, 3, size, size], normalised; `representations[v]` [image, feature]: h of that view by the
        encoder in training. A method with a momentum encoder sends `views` through it as well.
        """

    def after_step(self, encoder: nn.Module, share_done: float) -> None:
        """Moves state that no gradient moves (momentum encoder, teacher centre); most methods have none."""
