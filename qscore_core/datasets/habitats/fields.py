"""Smooth scalar fields on the frame and the arithmetic of soft edges."""

import numpy as np
from PIL import Image

from .names import IMAGE_SIZE

FINE = 2  # fields of bodies are computed at 2x2 samples a pixel, each with a soft edge of one sample

_steps = (np.arange(IMAGE_SIZE * FINE, dtype=np.float32) + 0.5) / FINE
FINE_X, FINE_Y = np.meshgrid(_steps, _steps)
_steps = np.arange(IMAGE_SIZE, dtype=np.float32) + 0.5
X, Y = np.meshgrid(_steps, _steps)


def inside(distance: np.ndarray, sample: float) -> np.ndarray:
    """Coverage 0-1 of samples of width `sample`, from a signed distance that is negative inside."""
    return np.clip(0.5 - distance * np.float32(1 / sample), 0, 1)


def wrap(cycles: np.ndarray) -> np.ndarray:
    """Signed distance to the nearest whole number, in -0.5 to 0.5."""
    return cycles - np.rint(cycles)


def coarse(fine: np.ndarray) -> np.ndarray:
    """Mean over the samples of each pixel: (128, 128, ...) to (64, 64, ...)."""
    return (fine[::2, ::2] + fine[1::2, ::2] + fine[::2, 1::2] + fine[1::2, 1::2]) * np.float32(0.25)


def noise(rng: np.random.Generator, cells: int) -> np.ndarray:
    """Smooth noise (64, 64) of about unit spread with `cells` bumps across the frame."""
    small = Image.fromarray(rng.standard_normal((cells + 1, cells + 1)).astype(np.float32))
    return np.asarray(small.resize((IMAGE_SIZE, IMAGE_SIZE), Image.Resampling.BICUBIC))


def blend(start: np.ndarray, end: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Colours (..., 3) from `start` to `end` by `share` (...)."""
    return start + (end - start) * share[..., None]
