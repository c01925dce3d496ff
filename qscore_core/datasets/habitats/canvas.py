"""Shapes with flat colours, drawn four times as large and averaged down: the habitats' elements."""

from dataclasses import dataclass
from functools import cache
from math import cos, sin

import numpy as np
from PIL import Image, ImageDraw

from .names import IMAGE_SIZE

ZOOM = 4


@dataclass(frozen=True, eq=False)
class Layer:
    """rgb: float32 (64, 64, 3), colour times cover; cover: float32 (64, 64), 0-1."""

    rgb: np.ndarray
    cover: np.ndarray

    @classmethod
    def empty(cls) -> "Layer":
        return cls(np.zeros((IMAGE_SIZE, IMAGE_SIZE, 3), np.float32), np.zeros((IMAGE_SIZE, IMAGE_SIZE), np.float32))

    def over(self, below: np.ndarray) -> np.ndarray:
        return below * (1 - self.cover)[..., None] + self.rgb


@dataclass(frozen=True, eq=False)
class Canvas:
    """Takes points in pixels (0-64) and colours in 0-1; later shapes cover earlier ones."""

    image: Image.Image
    draw: ImageDraw.ImageDraw

    def polygon(self, points: np.ndarray, colour: np.ndarray) -> None:
        self.draw.polygon((np.asarray(points) * ZOOM).ravel().tolist(), fill=_ink(colour))

    def disc(self, x: float, y: float, across: float, down: float, colour: np.ndarray) -> None:
        box = (x - across, y - down, x + across, y + down)
        self.draw.ellipse([value * ZOOM for value in box], fill=_ink(colour))

    def line(self, points: np.ndarray, width: float, colour: np.ndarray) -> None:
        self.draw.line(
            [(x * ZOOM, y * ZOOM) for x, y in points],
            fill=_ink(colour),
            width=max(int(width * ZOOM + 0.5), 1),
            joint="curve",
        )

    def layer(self) -> Layer:
        # Empty samples are black with no cover, so their mean is already colour times cover.
        small = np.asarray(self.image.reduce(ZOOM), dtype=np.float32) * np.float32(1 / 255)
        return Layer(small[..., :3], small[..., 3])


def blank() -> Canvas:
    # RGBX and not RGBA: Pillow un-multiplies the mean of an RGBA image, and X holds the cover just as well.
    image = Image.new("RGBX", (IMAGE_SIZE * ZOOM, IMAGE_SIZE * ZOOM), (0, 0, 0, 0))
    return Canvas(image, ImageDraw.Draw(image))


def _ink(colour: np.ndarray) -> tuple[int, int, int, int]:
    red, green, blue = [0 if v <= 0 else 255 if v >= 1 else int(v * 255 + 0.5) for v in colour.tolist()]
    return red, green, blue, 255


def oval(x: float, y: float, long: float, broad: float, angle: float, points: int = 20) -> np.ndarray:
    """Corners (points, 2) of a turned ellipse with half axes `long` and `broad`."""
    c, s = cos(angle), sin(angle)
    return unit_circle(points) @ np.array([[long * c, long * s], [-broad * s, broad * c]]) + (x, y)


@cache
def unit_circle(points: int) -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return np.stack([np.cos(turn), np.sin(turn)], axis=1)


def turned(points: np.ndarray, x: float, y: float, angle: float) -> np.ndarray:
    """Points (n, 2) turned by `angle` radians about the origin, then moved to (x, y)."""
    c, s = cos(angle), sin(angle)
    return points @ np.array([[c, s], [-s, c]]) + (x, y)
