"""Maps as pictures: coloured, laid over the photograph, with contour lines; as PNG or JPEG bytes."""

import io

import matplotlib
import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image, ImageDraw

from qscore_core.errors import SettingsError
from qscore_core.heatmaps.display import contours

Picture = UInt8[np.ndarray, "height width 3"]
Values = Float[np.ndarray, "height width"]

HEAT = "inferno"  # perceptually uniform, black where nothing is
SIGNED = "berlin"  # the same for two signs: blue against, red for, dark in the middle
LINE, EDGE = (255, 255, 255), (0, 0, 0)  # white with a dark edge, to be seen on any picture


def coloured(values: Values, signed: bool) -> Picture:
    """Values in [0, 1], or [-1, 1] where `signed`, in a perceptually uniform colour map that is dark at zero."""
    place = (values + 1) / 2 if signed else values
    return matplotlib.colormaps[SIGNED if signed else HEAT](place, bytes=True)[..., :3]


def overlay(picture: Picture, values: Values, opacity: float, signed: bool) -> Picture:
    """The coloured map over the picture; `opacity` 0 shows the picture alone, 1 the map alone."""
    if not 0 <= opacity <= 1:
        raise SettingsError(f"`opacity` should lie between 0 and 1. Found {opacity:g}.")
    mixed = (1 - opacity) * picture + opacity * coloured(values, signed)
    return np.rint(mixed).astype(np.uint8)


def with_contour(picture: Picture, values: Values, level: float) -> Picture:
    """The picture with white lines where the map takes the value `level`."""
    drawn = Image.fromarray(picture)
    pen = ImageDraw.Draw(drawn)
    for line in contours(values, level):
        # a pixel's centre lies half a pixel inside it
        points, width = [(float(x) + 0.5, float(y) + 0.5) for x, y in line], max(1, len(picture) // 112)
        pen.line(points, fill=EDGE, width=2 * width)
        pen.line(points, fill=LINE, width=width)
    return np.asarray(drawn)


def png(picture: Picture) -> bytes:
    """A picture as a PNG file."""
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "PNG")
    return held.getvalue()


def jpeg(picture: Picture) -> bytes:
    """A picture as a JPEG file, for the screen: a tenth of the bytes and of the time of a PNG."""
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "JPEG", quality=90)
    return held.getvalue()
