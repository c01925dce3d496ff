"""Colours by lightness, chroma and hue (OKLCH), so that mixed palettes stay in harmony."""

from collections.abc import Sequence
from math import cos, radians, sin
from typing import TypeVar

import numpy as np

Rng = np.random.Generator
Option = TypeVar("Option")


def oklch(lightness: float, chroma: float, hue: float) -> np.ndarray:
    """sRGB colour, float32 (3,) in 0-1, of an OKLCH colour (hue in degrees), clipped to the gamut."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    l_ = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    m_ = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    s_ = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * l_ - 3.3077115913 * m_ + 0.2309699292 * s_,
        -1.2684380046 * l_ + 2.6097574011 * m_ - 0.3413193965 * s_,
        -0.0041960863 * l_ - 0.7034186147 * m_ + 1.7076147010 * s_,
    )
    return np.array([_gamma(min(max(value, 0.0), 1.0)) for value in linear], dtype=np.float32)


def _gamma(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def pick(rng: Rng, options: Sequence[Option]) -> Option:
    """One of the options, evenly; `Generator.choice` takes five times as long for a short tuple."""
    return options[int(rng.integers(len(options)))]


def near(rng: Rng, lightness: float, chroma: float, hue: float, spread: float = 1.0) -> np.ndarray:
    """A colour close to the given one: what leaves, pebbles or blades of one place differ by."""
    return oklch(
        min(max(lightness + rng.normal(0, 0.045 * spread), 0.05), 0.98),
        max(chroma * (1 + rng.normal(0, 0.2 * spread)), 0.0),
        hue + rng.normal(0, 12 * spread),
    )


def grade(rgb: np.ndarray, rng: Rng) -> np.ndarray:
    """The scene (64, 64, 3) under one of many lights: dawn, noon, overcast, haze, dusk, moonlight.

    The same light falls on every habitat, so that the mean colour of a frame says little about the habitat.
    """
    warm = pick(rng, (70.0, 40.0, 250.0, 290.0)) + rng.normal(0, 15)
    tint = oklch(0.93, rng.uniform(0, 0.09), warm) * rng.uniform(0.84, 1.16)
    saturation, haze = rng.uniform(0.6, 1.12), max(rng.normal(0.0, 0.12), 0.0)
    grey = ((rgb[..., 0] + rgb[..., 1] + rgb[..., 2]) * np.float32(1 / 3))[..., None]
    lit = (grey + (rgb - grey) * np.float32(saturation)) * tint
    return lit * np.float32(1 - haze) + np.float32(haze) * oklch(0.84, 0.03, warm)
