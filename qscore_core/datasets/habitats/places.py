"""A place before anything stands in it: a backdrop and the habitat's telling elements."""

from dataclasses import dataclass

import numpy as np

from .canvas import Layer
from .fields import X, Y, blend, noise
from .names import IMAGE_SIZE

Rng = np.random.Generator


@dataclass(frozen=True, eq=False)
class Place:
    """backdrop: float32 (64, 64, 3) in 0-1; elements: what tells the habitat, drawn over it."""

    backdrop: np.ndarray
    elements: Layer


def gradient(above: np.ndarray, below: np.ndarray, rng: Rng, cloud: float = 0.12) -> np.ndarray:
    """Backdrop (64, 64, 3) from one colour to another, slightly tilted and mottled."""
    slope = (Y + X * np.float32(rng.normal(0, 0.25))) / IMAGE_SIZE
    return blend(above, below, np.clip(slope + noise(rng, 3) * np.float32(cloud), 0, 1))


def mottled(rgb: np.ndarray, rng: Rng, depth: float, cells: int = 9) -> np.ndarray:
    """The same colours, unevenly lit: texture without outlines."""
    return rgb * (1 + np.float32(depth) * noise(rng, cells))[..., None]


def place(backdrop: np.ndarray, elements: Layer, rng: Rng, depth: float = 0.06) -> Place:
    return Place(backdrop, Layer(mottled(elements.rgb, rng, depth), elements.cover))
