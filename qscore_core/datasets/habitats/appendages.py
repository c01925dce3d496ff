"""Petals, spines and wings: what a body can wear outside its own outline."""

from collections.abc import Callable
from dataclasses import dataclass
from math import pi

import numpy as np

from .fields import wrap
from .outlines import ANGLES, Outline, apart, bump, outline

Rng = np.random.Generator


@dataclass(frozen=True, eq=False)
class Appendage:
    """shape: outline of body and appendages together; swirl: its bend; tone: where the second tone shows (0-1),
    from how far out samples are (0 at the body, 1 at the tip) and where in the outline's table."""

    shape: Outline
    swirl: float
    tone: Callable[[np.ndarray, np.ndarray], np.ndarray]


def petalled(body: np.ndarray, rng: Rng) -> Appendage:
    count, start, length = int(rng.integers(6, 13)), rng.uniform(0, 2 * pi), rng.uniform(0.75, 1.15)
    cycles = np.asarray(wrap(count * (ANGLES - start) / (2 * pi)))
    lobe = np.clip(1 - np.abs(cycles / 0.5) ** rng.uniform(2.2, 4.0), 0, 1) ** 0.55
    odd = 1 + rng.uniform(0, 0.16) * np.cos(np.rint(count * (ANGLES - start) / (2 * pi)) * 2.4)
    crease = np.abs(cycles).astype(np.float32)

    def tone(out: np.ndarray, index: np.ndarray) -> np.ndarray:
        # Paler towards the tip, with a dark line where one petal meets the next.
        return np.clip(0.75 - 0.8 * out + 1.3 * np.clip(crease[index] - 0.34, 0, 1) / 0.16, 0, 1)

    return Appendage(outline(body * 0.72 + length * lobe * odd), rng.normal(0, 0.02), tone)


def spined(body: np.ndarray, rng: Rng) -> Appendage:
    count, start, length = int(rng.integers(9, 16)), rng.uniform(0, 2 * pi), rng.uniform(0.9, 1.5)
    cycles = count * (ANGLES - start) / (2 * pi)
    spike = np.clip(1 - np.abs(wrap(cycles)) / rng.uniform(0.22, 0.3), 0, 1) ** 0.9
    odd = 1 + rng.uniform(0.05, 0.3) * np.cos(np.rint(cycles) * 2.4 + rng.uniform(0, 6))
    bands, phase = rng.uniform(2.0, 3.5), (rng.random() + 0.13 * np.rint(cycles)).astype(np.float32)

    def tone(out: np.ndarray, index: np.ndarray) -> np.ndarray:
        # Banded along their length, as a lionfish's.
        return np.clip((0.25 - np.abs(wrap(out * bands + phase[index]))) * 8 + 0.5, 0, 1)

    return Appendage(outline(body * 0.78 + length * spike * odd), rng.normal(0, 0.03), tone)


def winged(body: np.ndarray, rng: Rng) -> Appendage:
    angle, length = rng.uniform(1.05, 1.3), rng.uniform(1.5, 2.1)
    fore, hind = rng.uniform(0.36, 0.46), rng.uniform(0.3, 0.38)
    behind, shorter = angle + rng.uniform(0.85, 1.0), rng.uniform(0.6, 0.85)
    span = sum(bump(side * angle, fore) + shorter * bump(side * behind, hind) for side in (-1, 1))
    veins, border = int(rng.integers(20, 29)), rng.uniform(0.74, 0.84)
    ray = np.abs(wrap(apart(ANGLES, 0.0) * veins / (2 * pi))).astype(np.float32)

    def tone(out: np.ndarray, index: np.ndarray) -> np.ndarray:
        # A dark seam and veins, as a butterfly's.
        return np.clip(np.maximum((out - border) * 12, 0.75 - 0.5 * out - 2.6 * ray[index]), 0, 1)

    return Appendage(outline(body * 0.45 + length * span), 0.0, tone)


APPENDAGES: dict[str, Callable[[np.ndarray, Rng], Appendage]] = {
    appendage.__name__: appendage for appendage in (petalled, spined, winged)
}
