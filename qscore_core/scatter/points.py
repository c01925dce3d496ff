"""Coordinates as steps of a frame: what is drawn, what travels and what a lasso is held against are the same."""

from dataclasses import dataclass

import numpy as np

from qscore_core.errors import RepresentationError

STEPS = 65535
MARGIN = 0.03  # of the range, so that no point lies on the edge


@dataclass(frozen=True)
class Axis:
    """Which values the frame spans in one direction, and what they are; without a label they mean nothing."""

    low: float
    high: float
    label: str = ""

    def unit(self, value: float) -> float:
        """A value as a place in the frame, 0 at `low` and 1 at `high`."""
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True, eq=False)
class Points:
    """`steps` uint16 [point, 2]: x and y as places in the frames of their axes, 0 to `STEPS`."""

    steps: np.ndarray
    x: Axis
    y: Axis

    def __len__(self) -> int:
        return len(self.steps)

    def packed(self) -> bytes:
        """Four bytes a point: x and y, little-endian."""
        return np.ascontiguousarray(self.steps, "<u2").tobytes()


def placed(x: np.ndarray, y: np.ndarray, labels: tuple[str, str] = ("", "")) -> Points:
    """Points in a frame that holds them all. Raises RepresentationError where a coordinate is not finite."""
    axes = [_axis(values, label) for values, label in zip((x, y), labels, strict=True)]
    steps = np.stack([_steps(values, axis) for values, axis in zip((x, y), axes, strict=True)], axis=1)
    return Points(steps, *axes)


def _axis(values: np.ndarray, label: str) -> Axis:
    if not np.isfinite(values).all():
        raise RepresentationError(
            f"Coordinates should be finite numbers. Found {int((~np.isfinite(values)).sum())} of {len(values)} "
            f"that are not{f' in `{label}`' if label else ''}."
        )
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    room = MARGIN * (high - low) or 0.5
    return Axis(low - room, high + room, label)


def _steps(values: np.ndarray, axis: Axis) -> np.ndarray:
    return np.rint(STEPS * axis.unit(np.asarray(values, np.float64))).astype(np.uint16)
