"""Which training images fit the probe and which choose its regularisation or learning rate."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int


@dataclass(frozen=True, eq=False)
class HoldOut:
    """Row numbers, ascending: `fit` and `validation` share no image and together are all of train."""

    fit: Int[np.ndarray, " image"]
    validation: Int[np.ndarray, " held_out"]


def hold_out(labels: Int[np.ndarray, " image"], share: float, seed: int) -> HoldOut:
    """Draws `share` of each class, at least one image; a class with a single image stays in the fit part."""
    # scikit-learn's stratified splitters refuse classes with one image and shares below one image a class.
    rng = np.random.default_rng(seed)
    held = np.zeros(len(labels), dtype=bool)
    for class_ in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == class_))
        count = min(max(1, round(share * len(members))), len(members) - 1)
        held[members[:count]] = True
    return HoldOut(np.flatnonzero(~held), np.flatnonzero(held))
