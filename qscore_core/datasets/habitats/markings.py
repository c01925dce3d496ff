"""Patterns that a body can carry: each says, sample by sample, how much of the second tone shows (0-1)."""

from collections.abc import Callable
from math import cos, pi, sin, sqrt

import numpy as np

from .colour import pick
from .fields import FINE, inside, wrap
from .local import Local

Rng = np.random.Generator


def _period(local: Local, rng: Rng, low: float, high: float, pixels: float) -> float:
    """Length of a repeat in body units, never under so many pixels that it could not be seen."""
    return max(rng.uniform(low, high), pixels * FINE * local.sample)


def _turned(local: Local, angle: float) -> tuple[np.ndarray, np.ndarray]:
    c, s = np.float32(cos(angle)), np.float32(sin(angle))
    return local.u * c + local.v * s, local.v * c - local.u * s


def striped(local: Local, rng: Rng) -> np.ndarray:
    period, width = _period(local, rng, 0.26, 0.5, 4.2), rng.uniform(0.38, 0.6)
    across, along = _turned(local, rng.normal(0, 0.35))
    wave = np.sin(along * np.float32(rng.uniform(2, 4.5)) + np.float32(rng.uniform(0, 2 * pi)))
    cycles = (across + wave * np.float32(rng.uniform(0.02, 0.12))) * np.float32(1 / period)
    # Zebra stripes swell and thin out along their length.
    swell = np.float32(width / 2) + np.float32(0.06) * np.sin(along * 3 + np.float32(rng.uniform(0, 6)))
    return inside((np.abs(wrap(cycles + np.float32(rng.random()))) - swell) * np.float32(period), local.sample)


def patched(local: Local, rng: Rng) -> np.ndarray:
    start, count = rng.uniform(0, 2 * pi), int(rng.integers(3, 5))
    nearest = np.full_like(local.u, 9)
    bent = local.u + np.float32(0.12) * np.sin(local.v * 4 + np.float32(start))
    for k in range(count):
        angle, away = start + (k + rng.normal(0, 0.1)) * 2 * pi / count, rng.uniform(0.5, 0.72)
        du, dv = bent - np.float32(away * cos(angle) - 0.1), local.v - np.float32(away * sin(angle))
        # Lobes are long across the direction they lie in, and melt into each other where they meet.
        c, s, long, broad = cos(angle), sin(angle), rng.uniform(0.4, 0.58), rng.uniform(0.24, 0.36)
        out, along = (
            du * np.float32(c / broad) + dv * np.float32(s / broad),
            dv * np.float32(c / long) - du * np.float32(s / long),
        )
        nearest = np.minimum(nearest, (np.sqrt(out * out + along * along) - 1) * np.float32(broad))
    return inside(nearest, local.sample)


def dotted(local: Local, rng: Rng) -> np.ndarray:
    spacing = _period(local, rng, 0.4, 0.62, 5.6)
    radius = spacing * rng.uniform(0.27, 0.36)
    across, along = _turned(local, rng.uniform(0, pi))
    row = np.rint(along * np.float32(1 / (0.866 * spacing)))
    dy = along - row * np.float32(0.866 * spacing)
    dx = wrap(across * np.float32(1 / spacing) + row * np.float32(0.5) + np.float32(rng.random())) * np.float32(spacing)
    # Rows lean and dots differ in size: ladybirds, not wallpaper.
    size = np.float32(radius) * (1 + np.float32(0.2) * np.sin(row * np.float32(2.4) + np.float32(rng.uniform(0, 6))))
    return inside(np.sqrt(dx * dx + dy * dy) - size, local.sample)


def honeycombed(local: Local, rng: Rng) -> np.ndarray:
    cell = _period(local, rng, 0.36, 0.56, 5.8)
    wall = max(cell * rng.uniform(0.1, 0.16), 0.6 * FINE * local.sample)
    x, y = _turned(local, rng.uniform(0, pi))
    x, y = x * np.float32(1 / cell) + np.float32(rng.random()), y * np.float32(1 / cell) + np.float32(rng.random())
    # Two shifted rectangular lattices of cell centres; the nearer one owns the sample.
    tall = np.float32(sqrt(3))
    ax, ay = wrap(x), wrap(y / tall) * tall
    bx, by = wrap(x + np.float32(0.5)), wrap(y / tall + np.float32(0.5)) * tall
    first = ax * ax + ay * ay < bx * bx + by * by
    hx, hy = np.abs(np.where(first, ax, bx)), np.abs(np.where(first, ay, by))
    edge = np.float32(0.5) - np.maximum(hx, hx * np.float32(0.5) + hy * np.float32(sqrt(3) / 2))
    return inside(edge * np.float32(cell) - np.float32(wall), local.sample)


def ringed(local: Local, rng: Rng) -> np.ndarray:
    period, width = _period(local, rng, 0.36, 0.6, 5.2), rng.uniform(0.4, 0.58)
    du, dv = local.u - np.float32(rng.uniform(-0.35, 0.1)), local.v - np.float32(rng.normal(0, 0.12))
    cycles = np.sqrt(du * du + dv * dv) * np.float32(1 / period) + np.float32(pick(rng, (0.0, 0.5)))
    return inside((np.abs(wrap(cycles)) - np.float32(width / 2)) * np.float32(period), local.sample)


def checked(local: Local, rng: Rng) -> np.ndarray:
    cell = _period(local, rng, 0.24, 0.4, 3.6)
    across, along = _turned(local, rng.uniform(0, pi))
    bulge = np.float32(rng.uniform(0, 0.12)) * local.rho * local.rho
    x = wrap(across * (1 - bulge) * np.float32(0.5 / cell) + np.float32(rng.random()))
    y = wrap(along * (1 - bulge) * np.float32(0.5 / cell) + np.float32(rng.random()))
    # Signed distances to the nearest line of each family; squares of one tone are where the signs agree.
    dx, dy = np.abs(x) - np.float32(0.25), np.abs(y) - np.float32(0.25)
    distance = np.minimum(np.abs(dx), np.abs(dy)) * np.sign(dx * dy)
    return inside(-distance * np.float32(2 * cell), local.sample)


def spiralled(local: Local, rng: Rng) -> np.ndarray:
    period, width = _period(local, rng, 0.42, 0.62, 5.6), rng.uniform(0.4, 0.56)
    du, dv = local.u - np.float32(rng.uniform(-0.3, 0.05)), local.v - np.float32(rng.normal(0, 0.1))
    turn = np.arctan2(dv, du) * np.float32(pick(rng, (-1, 1)) / (2 * pi)) + np.float32(rng.random())
    cycles = np.sqrt(du * du + dv * dv) * np.float32(1 / period) + turn
    return inside((np.abs(wrap(cycles)) - np.float32(width / 2)) * np.float32(period), local.sample)


MARKINGS: dict[str, Callable[[Local, Rng], np.ndarray]] = {
    marking.__name__: marking for marking in (striped, patched, dotted, honeycombed, ringed, checked, spiralled)
}
