"""Outlines of bodies, as a radius for each direction; 1 is the size of a plain round body."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Rng = np.random.Generator
STEPS = 1024  # directions in an outline's table
ANGLES = np.arange(STEPS) * (2 * np.pi / STEPS)  # 0 is where the head is


@dataclass(frozen=True, eq=False)
class Outline:
    """radius: float32 (1024,); slant: float32 (1024,), how much longer a radial step is than the true distance."""

    radius: np.ndarray
    slant: np.ndarray

    @property
    def area(self) -> float:
        return float((self.radius.astype(np.float64) ** 2).mean() * np.pi)


def outline(radius: np.ndarray) -> Outline:
    slope = (np.roll(radius, -1) - np.roll(radius, 1)) / (2 * ANGLES[1]) / radius
    return Outline(radius.astype(np.float32), np.sqrt(1 + slope**2).astype(np.float32))


def apart(angle: np.ndarray, centre: float) -> np.ndarray:
    """Signed angle from `centre`, in -pi to pi."""
    return (angle - centre + np.pi) % (2 * np.pi) - np.pi


def bump(centre: float, width: float) -> np.ndarray:
    return np.exp(-((apart(ANGLES, centre) / width) ** 2))


def _ellipse(rng: Rng) -> np.ndarray:
    long = rng.uniform(1.0, 1.3)
    return 1 / np.sqrt((np.cos(ANGLES) / long) ** 2 + (np.sin(ANGLES) * long) ** 2)


def _egg(rng: Rng) -> np.ndarray:
    return _ellipse(rng) * (1 + rng.uniform(-0.18, 0.18) * np.cos(ANGLES))


def _bean(rng: Rng) -> np.ndarray:
    return _ellipse(rng) * (1 - rng.uniform(0.15, 0.3) * bump(-np.pi / 2, rng.uniform(0.4, 0.7)))


def _drop(rng: Rng) -> np.ndarray:
    return _ellipse(rng) + rng.uniform(0.3, 0.6) * bump(np.pi + rng.normal(0, 0.15), rng.uniform(0.25, 0.4))


def _fish(rng: Rng) -> np.ndarray:
    spread, length = rng.uniform(0.28, 0.36), rng.uniform(0.4, 0.65)
    lobes = bump(np.pi - spread, 0.17) + bump(np.pi + spread, 0.17)
    return _ellipse(rng) * (1 - 0.1 * bump(np.pi, 0.9)) + length * lobes


def _cushion(rng: Rng) -> np.ndarray:
    power, turn = rng.uniform(2.6, 4.2), rng.uniform(0, np.pi / 2)
    across, along = np.abs(np.cos(ANGLES + turn)), np.abs(np.sin(ANGLES + turn))
    return (across**power + along**power) ** (-1 / power)


def _blob(rng: Rng) -> np.ndarray:
    waves = [rng.normal(0, 0.16 / k) * np.cos(k * ANGLES + rng.uniform(0, 2 * np.pi)) for k in (2, 3, 4, 5)]
    return np.clip(1 + sum(waves), 0.65, 1.4)


# Every class draws from all of them: the shape of the body never gives the class away.
BODIES: tuple[Callable[[Rng], np.ndarray], ...] = (_ellipse, _egg, _bean, _drop, _fish, _cushion, _blob)


def body(rng: Rng) -> np.ndarray:
    """Radius of a body for each of the 1024 directions."""
    return BODIES[rng.integers(len(BODIES))](rng)
