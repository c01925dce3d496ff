"""A map with its picture as it is looked at: overlay, map alone or contour, at a size that suits the screen."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, UInt8
from PIL import Image

from qscore_core.errors import SettingsError
from qscore_core.heatmaps.closed_form import upsampled
from qscore_core.heatmaps.drawing import Picture, Values, coloured, overlay, with_contour

Square = UInt8[np.ndarray, "{side} {side} 3"]

STYLES = {
    "overlay": "the map in colour over the picture",
    "map": "the map alone",
    "contour": "lines around what is hot",
}
DIMMED = 0.22  # of the brightness outside the masks
TINT = 0.55
CORE, SPURIOUS = (42, 157, 143), (231, 111, 81)  # teal and orange, apart for colour-blind eyes


@dataclass(frozen=True)
class Style:
    """`name` one of STYLES; `opacity` is the overlay's, `level` the contour's, as a share of a map's maximum."""

    name: str = "overlay"
    opacity: float = 0.55
    level: float = 0.5

    def __post_init__(self) -> None:
        if self.name not in STYLES:
            raise SettingsError(f"`style` should be one of {', '.join(STYLES)}. Found `{self.name}`.")


def composed(picture: Picture, values: Values, signed: bool, style: Style, side: int) -> Square:
    """Picture and map, both brought to `side` x `side` pixels and put together; `values` as in `ShownMaps`."""
    picture, values = resized(picture, side), upsampled(torch.from_numpy(values)[None], (side, side))[0].numpy()
    if style.name == "overlay":
        return overlay(picture, values, style.opacity, signed)
    if style.name == "map":
        return coloured(values, signed)
    return with_contour(picture, values, style.level * float(values.max()))


def with_masks(
    picture: Picture,
    core: Bool[np.ndarray, "height width"],
    spurious: Bool[np.ndarray, "height width"],
    side: int,
) -> Square:
    """The picture at `side` x `side` pixels, tinted where the masks are and dark outside both."""
    large = resized(picture, side).astype(np.float32)
    drawn = DIMMED * large
    for mask, tint in ((spurious, SPURIOUS), (core, CORE)):
        inside = np.asarray(Image.fromarray(mask).resize((side, side), Image.Resampling.NEAREST))[..., None]
        drawn = np.where(inside, (1 - TINT) * large + TINT * np.array(tint), drawn)
    return np.rint(drawn).astype(np.uint8)


def resized(picture: Picture, side: int) -> Square:
    """A square picture at another size."""
    return np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.BICUBIC))
