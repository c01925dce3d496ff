"""Where a body lies in the frame, and the frame's samples as the body sees them."""

from dataclasses import dataclass
from math import cos, pi, sin, sqrt

import numpy as np

from .fields import FINE, FINE_X, FINE_Y, coarse
from .names import IMAGE_SIZE
from .outlines import STEPS, Outline


@dataclass(frozen=True)
class Pose:
    """x, y: centre in pixels; scale: pixels per body unit; angle: radians; stretch: length over breadth;
    side: 1, or -1 for a mirrored body."""

    x: float
    y: float
    scale: float
    angle: float
    stretch: float
    side: int

    def at(self, u: float, v: float) -> tuple[float, float]:
        """Where in the frame (pixels) a point of the body (body units) lies."""
        along, across = u * self.scale * sqrt(self.stretch), v * self.scale / sqrt(self.stretch) * self.side
        c, s = cos(self.angle), sin(self.angle)
        return self.x + c * along - s * across, self.y + s * along + c * across


@dataclass(frozen=True, eq=False)
class Local:
    """Samples in body units: along and across the body (head at u > 0), and as radius and step of direction.

    rows, columns: the part of the fine grid that the arrays cover; sample: width of a sample in body units.
    """

    rows: slice
    columns: slice
    u: np.ndarray
    v: np.ndarray
    rho: np.ndarray
    turn: np.ndarray  # 0 to 1024, one revolution
    sample: float

    def distance(self, shape: Outline, swirl: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
        """Signed distance to an outline, and its radius there; `swirl` bends it, in revolutions per unit."""
        index = self.index(swirl)
        radius = shape.radius[index]
        return (self.rho - radius) / shape.slant[index], radius

    def spread(self, fine: np.ndarray) -> np.ndarray:
        """Samples of this window, averaged to pixels and laid into the whole frame (64, 64)."""
        whole = np.zeros((IMAGE_SIZE, IMAGE_SIZE), dtype=np.float32)
        rows, columns = (slice(part.start // FINE, part.stop // FINE) for part in (self.rows, self.columns))
        whole[rows, columns] = coarse(fine)
        return whole

    def index(self, swirl: float = 0.0) -> np.ndarray:
        turn = self.turn if swirl == 0 else self.turn + self.rho * np.float32(swirl * STEPS)
        return turn.astype(np.int32) % STEPS


def look(pose: Pose, reach: float) -> Local:
    """The samples within `reach` body units of the pose's centre."""
    span = pose.scale * reach * max(sqrt(pose.stretch), 1 / sqrt(pose.stretch)) + 2
    rows, columns = _window(pose.y, span), _window(pose.x, span)
    dx, dy = FINE_X[rows, columns] - np.float32(pose.x), FINE_Y[rows, columns] - np.float32(pose.y)
    # Stretching keeps the area, so the size of a body is its outline's area times scale squared.
    long, broad = pose.scale * sqrt(pose.stretch), pose.scale / sqrt(pose.stretch)
    u = np.float32(cos(pose.angle) / long) * dx + np.float32(sin(pose.angle) / long) * dy
    v = np.float32(-sin(pose.angle) / broad * pose.side) * dx + np.float32(cos(pose.angle) / broad * pose.side) * dy
    turn = np.arctan2(v, u) * np.float32(STEPS / (2 * pi)) + np.float32(STEPS)
    return Local(rows, columns, u, v, np.sqrt(u * u + v * v), turn, 1 / (FINE * pose.scale))


def _window(centre: float, span: float) -> slice:
    edge = len(FINE_X)
    # Whole pixels, so that a window can be averaged down on its own.
    first, last = int(centre - span) * FINE, int(centre + span + 1) * FINE
    return slice(min(max(first, 0), edge), min(max(last, 0), edge))
