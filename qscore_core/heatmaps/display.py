"""From attributions to what is shown: which sign, smoothed or not, on which scale. Pure functions of arrays."""

from dataclasses import dataclass

import numpy as np
from contourpy import contour_generator
from jaxtyping import Bool, Float
from scipy.ndimage import gaussian_filter

from qscore_core.errors import SettingsError

Maps = Float[np.ndarray, "image height width"]

SIGNS = {
    "positive": "what speaks for the score",
    "absolute": "what matters, for or against the score",
    "signed": "for and against, in two colours",
}
SCALES = {
    "image": "each map's strongest place is 1",
    "shared": "the strongest place of all maps is 1, so that maps can be compared",
}


@dataclass(frozen=True)
class DisplaySettings:
    """`sign` one of SIGNS, `scale` one of SCALES, `smoothing` the standard deviation of a Gaussian in pixels."""

    sign: str = "positive"
    scale: str = "image"
    smoothing: float = 0.0

    def __post_init__(self) -> None:
        for name, value, known in (("sign", self.sign, SIGNS), ("scale", self.scale, SCALES)):
            if value not in known:
                raise SettingsError(f"`{name}` should be one of {', '.join(known)}. Found `{value}`.")
        if self.smoothing < 0:
            raise SettingsError(f"`smoothing` should be at least 0. Found {self.smoothing:g}.")


@dataclass(frozen=True, eq=False)
class ShownMaps:
    """`values` in [0, 1], or [-1, 1] where signed; `signal` is False for a map that is zero everywhere."""

    values: Maps
    signal: Bool[np.ndarray, " image"]
    signed: bool

    def part(self, images: slice) -> "ShownMaps":
        """Some of the maps, on the scale that all have."""
        return ShownMaps(self.values[images], self.signal[images], self.signed)


def shown(heat: Maps, settings: DisplaySettings = DisplaySettings()) -> ShownMaps:
    """Smoothing, then the sign, then the scale."""
    values = with_sign(smoothed(heat, settings.smoothing), settings.sign)
    scaled = scaled_each(values) if settings.scale == "image" else scaled_together(values)
    return ShownMaps(scaled, has_signal(values), settings.sign == "signed")


def smoothed(heat: Maps, sigma: float) -> Maps:
    """Gaussian of `sigma` pixels, mirrored at the borders so that no heat is lost; 0 leaves all as it is."""
    return gaussian_filter(heat, sigma, axes=(1, 2), mode="reflect") if sigma > 0 else heat


def with_sign(heat: Maps, sign: str) -> Maps:
    """The positive part, the magnitude, or the map as it is."""
    if sign == "positive":
        return np.maximum(heat, 0)
    return np.abs(heat) if sign == "absolute" else heat


def scaled_each(heat: Maps) -> Maps:
    """Divided by each map's largest magnitude: zero stays zero, and an empty map stays empty."""
    return _divided(heat, np.abs(heat).max(axis=(1, 2), keepdims=True, initial=0))


def scaled_together(heat: Maps) -> Maps:
    """Divided by the largest magnitude of all maps."""
    return _divided(heat, np.abs(heat).max(initial=0))


def has_signal(heat: Maps) -> Bool[np.ndarray, " image"]:
    """Whether a map has any value but zero."""
    return (heat != 0).any(axis=(1, 2))


def contours(values: Float[np.ndarray, "height width"], level: float) -> list[Float[np.ndarray, "point 2"]]:
    """Lines along which a map takes the value `level`, as (x, y) in pixels with (0, 0) the centre of the first."""
    return contour_generator(z=values).lines(level)


def _divided(heat: Maps, largest: np.ndarray | np.floating) -> Maps:
    return np.divide(heat, largest, out=np.zeros_like(heat), where=largest > 0)
