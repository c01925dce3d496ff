"""Pictures and encoders for trials."""

import numpy as np
from PIL import Image

from qscore_core.encoders import Encoder
from qscore_core.encoders.transform import Transform


def picture_folder(parent, count, side=24):
    """Random pictures in two classes."""
    rng = np.random.default_rng(0)
    for number in range(count):
        path = parent / "pictures" / ("a", "b")[number % 2] / f"{number:03d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 255, (side, side + 8, 3), dtype=np.uint8)).save(path)
    return parent / "pictures"


def pixel_encoder(module, dim):
    """An encoder around any module, on 16 pixels."""
    return Encoder("file:fixed", module, "fixed", "none", dim, Transform(16, 16), "0" * 20, "made by the test")
