"""Which points lie inside a drawn line, and that line as a short text for an address.

A line is a closed polygon in units of the frame: (0, 0) is the lower left corner and (1, 1) the upper right.
"""

from collections.abc import Sequence

import numpy as np
from matplotlib.path import Path

from qscore_core.scatter.points import STEPS, Points

GRID = 999  # places in an address; finer than a pixel of most screens
MOST_CORNERS = 400
Line = Sequence[tuple[float, float]]


def inside(points: Points, line: Line) -> np.ndarray:
    """bool [point]; a line of fewer than three corners holds nothing."""
    if len(line) < 3:
        return np.zeros(len(points), bool)
    corners = STEPS * np.asarray(line, np.float64)
    low, high = corners.min(axis=0), corners.max(axis=0)
    near = ((points.steps >= low) & (points.steps <= high)).all(axis=1)
    found = np.zeros(len(points), bool)
    found[near] = Path(corners).contains_points(points.steps[near])
    return found


def box(x: tuple[float, float], y: tuple[float, float]) -> Line:
    """A rectangle as a line."""
    return [(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])]


def lasso_text(line: Line) -> str:
    """`102.44_...`: each corner in thousandths of the frame; corners that fall together are one."""
    corners = [f"{round(GRID * x)}.{round(GRID * y)}" for x, y in np.clip(np.asarray(line).reshape(-1, 2), 0, 1)]
    return "_".join(corner for place, corner in enumerate(corners) if not place or corner != corners[place - 1])


def read_lasso(text: str) -> Line:
    """The line of a text. Raises ValueError for any other text."""
    corners = [tuple(int(part) / GRID for part in corner.split(".")) for corner in text.split("_")] if text else []
    if len(corners) > MOST_CORNERS or any(len(corner) != 2 for corner in corners):
        raise ValueError(text[:80])
    return corners  # type: ignore[return-value]
