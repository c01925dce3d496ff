"""Dune, snow, night, city: places with much sky or ground and telling shapes on it."""

from math import cos, pi, sin

import numpy as np

from .canvas import Canvas, Layer, blank
from .colour import near, oklch, pick
from .fields import X, Y, blend, inside, noise, wrap
from .places import Place, gradient, mottled, place

Rng = np.random.Generator


def dune(rng: Rng) -> Place:
    """Sand in any light; telling: the crests of its ripples."""
    hue = pick(rng, (75.0, 60.0, 35.0, 90.0, 280.0)) + rng.normal(0, 10)
    light, chroma = rng.uniform(0.55, 0.88), rng.uniform(0.02, 0.1)
    sand = gradient(oklch(light, chroma, hue), near(rng, light - 0.06, chroma, hue), rng)
    angle, period = rng.normal(pi / 2, 0.5), rng.uniform(6.5, 14)
    across = X * np.float32(cos(angle)) + Y * np.float32(sin(angle))
    along = Y * np.float32(cos(angle)) - X * np.float32(sin(angle))
    bend = np.sin(along * np.float32(2 * pi / rng.uniform(28, 60)) + np.float32(rng.uniform(0, 6)))
    cycles = (across + bend * np.float32(rng.uniform(1, 4)) + noise(rng, 4) * np.float32(1.6)) / np.float32(period)
    side = wrap(cycles)
    # Each ripple rises softly to the light and falls off sharply behind its crest.
    sand = sand * (1 + np.float32(0.14) * side)[..., None]
    width = np.float32(rng.uniform(0.11, 0.17)) * (1 + np.float32(0.35) * noise(rng, 5))
    cover = inside((np.abs(side - np.float32(0.3)) - width) * np.float32(period), 1.6)
    dark = oklch(light - rng.uniform(0.13, 0.24), chroma * 1.1, hue - 12)
    return place(mottled(sand, rng, 0.02, 30), Layer(dark * cover[..., None], cover), rng, 0.03)


def _fir(canvas: Canvas, x: float, foot: float, tall: float, dark: np.ndarray, snow: np.ndarray) -> None:
    broad = tall * 0.3
    canvas.polygon([(x - 0.07 * tall, foot), (x + 0.07 * tall, foot), (x, foot - tall * 0.5)], dark * 0.6)
    for tier in range(3):
        low, half = foot - tall * (0.1 + 0.24 * tier), broad * (1 - 0.25 * tier)
        top = foot - tall * (0.55 + 0.225 * tier)
        canvas.polygon([(x - half, low), (x, low + tall * 0.04), (x + half, low), (x, top)], dark * (0.9 + 0.1 * tier))
        canvas.polygon([(x - half, low), (x - half * 0.35, low - tall * 0.03), (x, top)], snow)


def snow(rng: Rng) -> Place:
    """Hills under snow; telling: firs."""
    hue, light = pick(rng, (250.0, 230.0, 300.0, 20.0, 70.0)), rng.uniform(0.6, 0.93)
    picture = gradient(near(rng, light - 0.1, 0.05, hue), oklch(light, 0.03, hue), rng)
    for ridge in np.sort(rng.uniform(18, 54, 2)):
        swing = np.sin(X * np.float32(rng.uniform(0.04, 0.09)) + np.float32(rng.uniform(0, 6))) * 5
        lit = near(rng, min(light + 0.05, 0.97), 0.015, hue, 0.4)
        shaded = blend(lit, lit * 0.88, np.clip((Y - np.float32(ridge)) / 40, 0, 1))
        picture = blend(picture, shaded, inside(swing + np.float32(ridge) - Y, 1.0))
    canvas, hue = blank(), pick(rng, (150.0, 170.0, 200.0, 130.0, 60.0))
    tall = rng.uniform(15, 32)
    for foot in np.sort(rng.uniform(22, 68, int(rng.integers(6, 12)))):
        depth = 0.55 + 0.45 * foot / 68
        green = near(rng, rng.uniform(0.3, 0.46), 0.05, hue)
        _fir(canvas, rng.uniform(-2, 66), foot, tall * depth * rng.uniform(0.8, 1.2), green, oklch(light, 0.02, 250))
    return place(picture, canvas.layer(), rng)


def _sparkle(canvas: Canvas, x: float, y: float, size: float, colour: np.ndarray) -> None:
    arms = np.array([1.0, 0.3] * 4) * size
    turn = np.arange(8) * pi / 4
    canvas.polygon(np.stack([x + arms * np.cos(turn), y + arms * np.sin(turn)], axis=1), colour)


def night(rng: Rng) -> Place:
    """A clear sky from dusk to midnight; telling: stars and, at times, a moon."""
    hue, light = pick(rng, (265.0, 285.0, 230.0, 310.0, 200.0)) + rng.normal(0, 10), rng.uniform(0.16, 0.5)
    sky = gradient(oklch(light, 0.08, hue), oklch(light + rng.uniform(0.04, 0.2), 0.08, hue + rng.normal(0, 40)), rng)
    drift = np.clip(noise(rng, 3) - np.float32(0.2), 0, 2) * np.float32(0.14)
    sky = blend(sky, oklch(0.7, 0.08, hue + 40), drift)
    canvas, size = blank(), rng.uniform(0.75, 1.15)
    for x, y in rng.uniform(0, 64, (int(rng.integers(18, 36)), 2)):
        canvas.disc(x, y, r := size * rng.uniform(0.75, 1.25), r, near(rng, 0.92, 0.04, 90, 1.5))
    for x, y in rng.uniform(0, 64, (int(rng.integers(7, 14)), 2)):
        _sparkle(canvas, x, y, size * rng.uniform(2.8, 5.0), near(rng, 0.94, 0.05, 90, 1.5))
    if rng.random() < 0.5:
        x, y, r = rng.uniform(8, 56), rng.uniform(8, 56), rng.uniform(5, 9)
        canvas.polygon(_crescent(x, y, r, rng.uniform(0, 2 * pi)), oklch(0.93, 0.06, 95))
    return place(sky, canvas.layer(), rng, 0.02)


def _crescent(x: float, y: float, radius: float, angle: float) -> np.ndarray:
    outer, inner = np.linspace(0.9, 2 * pi - 0.9, 28), np.linspace(2 * pi - 0.9, 0.9, 28)
    rim = np.stack([np.cos(outer), np.sin(outer)], axis=1)
    hollow = np.stack([np.cos(inner) * 0.75 + cos(0.9) * 0.25, np.sin(inner) * 0.85], axis=1)
    points = np.concatenate([rim, hollow]) * radius
    c, s = cos(angle), sin(angle)
    return points @ np.array([[c, s], [-s, c]]) + (x, y)


def city(rng: Rng) -> Place:
    """A skyline at any hour; telling: the buildings with their windows."""
    hue, light = pick(rng, (250.0, 30.0, 60.0, 290.0, 220.0)) + rng.normal(0, 12), rng.uniform(0.35, 0.88)
    sky = gradient(oklch(light, 0.07, hue), near(rng, min(light + 0.1, 0.95), 0.06, hue + 30), rng)
    canvas, wall_hue = blank(), rng.uniform(0, 360)
    dim = rng.uniform(0.28, 0.62)
    for row in range(2):
        x = rng.uniform(-8, 0)
        while x < 64:
            wide, top = rng.uniform(8, 17), rng.uniform(8, 40) + 12 * row
            wall = near(rng, dim + 0.12 * (1 - row), 0.04, wall_hue, 1.6)
            _building(canvas, x, wide, top, wall, rng)
            x += wide + rng.uniform(0, 9)
    return place(sky, canvas.layer(), rng, 0.03)


def _building(canvas: Canvas, x: float, wide: float, top: float, wall: np.ndarray, rng: Rng) -> None:
    canvas.polygon([(x, 66), (x, top), (x + wide, top), (x + wide, 66)], wall)
    canvas.polygon([(x + wide * 0.82, 66), (x + wide * 0.82, top), (x + wide, top), (x + wide, 66)], wall * 0.82)
    step, pane = rng.uniform(3.2, 4.4), rng.uniform(1.5, 2.2)
    lit, out = near(rng, 0.9, 0.1, 85), wall * 0.68
    for y in np.arange(top + 2, 64, step * 1.15):
        for left in np.arange(x + 1.3, x + wide * 0.82 - pane, step):
            glow = lit if rng.random() < 0.55 else out
            canvas.polygon([(left, y), (left + pane, y), (left + pane, y + pane * 1.3), (left, y + pane * 1.3)], glow)
