"""What a recipe hands back, and the choice both recipes make."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

Tried = tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class Solution:
    """Weights for prepared rows, one row a class that has images, in ascending order of the classes.

    `tried` pairs each candidate with its top-1 on the validation images (a share); it is empty when there was nothing
    to choose or nothing to choose with. `converged` is None for a recipe that stops after a number of epochs.
    """

    weight: Float[np.ndarray, "class_ feature"]
    bias: Float[np.ndarray, " class_"]
    chosen: float
    tried: Tried
    converged: bool | None
    iterations: int


def best_of(tried: Tried, candidates: tuple[float, ...]) -> float:
    """The candidate with the best validation top-1, the earlier one of equals; the middle one if none was tried."""
    if not tried:
        return candidates[len(candidates) // 2]
    return max(tried, key=lambda pair: pair[1])[0]
