"""A small summary of pictures, to notice when another machine draws them differently."""

from math import inf

import numpy as np

PICTURES, CELLS = 32, 4


def thumbprint(images: np.ndarray) -> list[list[float]]:
    """Mean colours of a 4 x 4 grid of the first 32 images.

    Takes uint8 (image, 64, 64, 3); gives one row of 48 grey levels (0-255, one decimal) an image, plain floats
    that go into JSON as they are. Meant for the start of the train split.
    """
    first = np.asarray(images[:PICTURES], dtype=np.float64)
    side = first.shape[1] // CELLS
    cells = first.reshape(len(first), CELLS, side, CELLS, side, 3).mean(axis=(2, 4))
    return np.round(cells.reshape(len(first), -1), 1).tolist()


def thumbprint_drift(a: list[list[float]], b: list[list[float]]) -> float:
    """Largest difference in grey levels (0-255) between two thumbprints, over the pictures both have.

    Rounding alone may give 0.1; more than 2 means that the pictures differ visibly. Infinite where they share
    no picture or their grids differ.
    """
    shared = min(len(a), len(b))
    if shared == 0 or {len(row) for row in a} != {len(row) for row in b}:
        return inf
    return float(np.abs(np.asarray(a[:shared]) - np.asarray(b[:shared])).max())
