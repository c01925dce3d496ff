"""Pond, reef, autumn, meadow, shingle, forest: places seen close, full of growing or lying things."""

from functools import cache
from math import cos, pi, sin

import numpy as np

from .canvas import Canvas, blank, oval, turned, unit_circle
from .colour import near, oklch, pick
from .fields import X, Y, blend, inside, noise, wrap
from .places import Place, gradient, mottled, place

Rng = np.random.Generator


def pond(rng: Rng) -> Place:
    """Still water; telling: lily pads and their flowers."""
    hue, light = pick(rng, (200.0, 160.0, 240.0, 110.0, 280.0)) + rng.normal(0, 12), rng.uniform(0.25, 0.68)
    water = gradient(oklch(light, 0.06, hue), near(rng, light - 0.06, 0.06, hue), rng)
    waves = wrap((Y + noise(rng, 4) * 3) / np.float32(rng.uniform(6, 11)))
    water = water * (1 + np.float32(0.09) * inside(np.abs(waves) * 8 - np.float32(0.5), 1.5))[..., None]
    canvas, pad_hue = blank(), pick(rng, (140.0, 125.0, 160.0, 60.0, 20.0))
    size, flat = rng.uniform(6, 10.5), rng.uniform(0.5, 0.9)
    for x, y in rng.uniform(0, 64, (int(rng.integers(9, 17)), 2)):
        pad = near(rng, rng.uniform(0.45, 0.68), 0.1, pad_hue)
        _lily_pad(canvas, x, y, size * rng.uniform(0.7, 1.25), flat, pad, rng)
        if rng.random() < 0.25:
            _lily(canvas, x, y, size * 0.42, near(rng, 0.88, 0.07, 350))
    return place(water, canvas.layer(), rng)


def _lily_pad(canvas: Canvas, x: float, y: float, size: float, flat: float, pad: np.ndarray, rng: Rng) -> None:
    notch = rng.uniform(0, 2 * pi)
    turn = np.linspace(notch + 0.28, notch + 2 * pi - 0.28, 22)
    rim = np.stack([np.cos(turn), np.sin(turn) * flat], axis=1) * size
    hub = np.array([[cos(notch) * 0.1, sin(notch) * 0.1 * flat]]) * size
    shape = np.concatenate([rim, hub])
    canvas.polygon(shape + np.array([x, y + 0.9]), pad * 0.6)
    canvas.polygon(shape + np.array([x, y]), pad)
    for vein in rim[2:-2:4]:
        canvas.line([(x, y), (x + vein[0] * 0.85, y + vein[1] * 0.85)], 0.5, pad * 1.18)


def _lily(canvas: Canvas, x: float, y: float, size: float, petal: np.ndarray) -> None:
    for k in range(6):
        canvas.polygon(oval(x + size * 0.6 * cos(k), y + size * 0.5 * sin(k), size * 0.62, size * 0.3, k, 8), petal)
    canvas.disc(x, y, size * 0.32, size * 0.32, oklch(0.86, 0.14, 95))


def reef(rng: Rng) -> Place:
    """Water with shafts of light; telling: branching corals."""
    hue, light = pick(rng, (230.0, 200.0, 260.0, 180.0, 300.0)) + rng.normal(0, 10), rng.uniform(0.3, 0.75)
    water = gradient(oklch(light + 0.1, 0.08, hue), oklch(light - 0.1, 0.08, hue + 15), rng)
    shafts = np.sin((X + Y * np.float32(rng.normal(0, 0.6))) * np.float32(rng.uniform(0.12, 0.25)))
    water = water * (1 + np.float32(0.1) * np.clip(shafts, 0, 1) * (1 - Y / 64))[..., None]
    canvas, warm = blank(), rng.uniform(0, 360)
    for x in rng.permutation(np.linspace(0, 64, int(rng.integers(4, 7)))):
        tone = near(rng, rng.uniform(0.48, 0.78), 0.13, warm + pick(rng, (0, 45, -60)))
        reach, foot = rng.uniform(9.5, 16), rng.uniform(50, 68)
        _coral(
            canvas, x + rng.normal(0, 4), foot, -pi / 2 + rng.normal(0, 0.2), reach, rng.uniform(3.2, 4.6), tone, rng
        )
    return place(water, canvas.layer(), rng)


def _coral(
    canvas: Canvas, x: float, y: float, angle: float, reach: float, width: float, tone: np.ndarray, rng: Rng
) -> None:
    tip = x + reach * cos(angle), y + reach * sin(angle)
    canvas.line([(x, y), tip], width, tone)
    canvas.disc(*tip, width / 2, width / 2, tone)
    if reach < 4.9:
        return
    for side in (-1, 1):
        bend = angle + side * rng.uniform(0.28, 0.62)
        _coral(canvas, *tip, bend, reach * rng.uniform(0.66, 0.82), max(width * 0.76, 1.5), tone * 1.035, rng)


def autumn(rng: Rng) -> Place:
    """Ground, path or lawn in autumn; telling: fallen leaves."""
    hue, light = pick(rng, (60.0, 130.0, 250.0, 30.0, 90.0)), rng.uniform(0.35, 0.75)
    ground = gradient(oklch(light, 0.04, hue), near(rng, light, 0.05, hue), rng)
    canvas, size = blank(), rng.uniform(5.5, 9)
    for x, y in rng.uniform(-2, 66, (int(rng.integers(16, 32)), 2)):
        leaf = near(rng, rng.uniform(0.5, 0.75), 0.13, pick(rng, (35, 55, 75, 95, 25)))
        _leaf(canvas, x, y, size * rng.uniform(0.75, 1.25), rng.uniform(0, 2 * pi), leaf, rng)
    return place(mottled(ground, rng, 0.05, 26), canvas.layer(), rng)


@cache
def _leaf_shape(lobes: int) -> np.ndarray:
    circle = unit_circle(40)
    turn = np.arctan2(circle[:, 1], circle[:, 0])
    along = 0.72 + 0.3 * np.cos(5 * turn) if lobes == 5 else 0.55 + 0.45 * np.abs(np.cos(turn)) ** 3
    return circle * along[:, None] * (1, 0.95 if lobes == 5 else 0.75)


def _leaf(canvas: Canvas, x: float, y: float, size: float, angle: float, leaf: np.ndarray, rng: Rng) -> None:
    points = turned(_leaf_shape(pick(rng, (1, 5, 5))) * size, x, y, angle)
    c, s = size * cos(angle), size * sin(angle)
    canvas.polygon(points + np.array([0.7, 0.9]), leaf * 0.5)
    canvas.polygon(points, leaf)
    canvas.line([(x - 1.35 * c, y - 1.35 * s), (x + 0.75 * c, y + 0.75 * s)], 0.8, leaf * 0.66)


def meadow(rng: Rng) -> Place:
    """Grass in any season; telling: blades and flowers."""
    hue, light = pick(rng, (125.0, 140.0, 100.0, 80.0, 220.0)) + rng.normal(0, 8), rng.uniform(0.45, 0.85)
    air = gradient(near(rng, light, 0.06, hue + 60), oklch(light - 0.1, 0.08, hue), rng)
    canvas, length = blank(), rng.uniform(16, 30)
    bloom = rng.uniform(0, 360)
    for foot in np.sort(rng.uniform(24, 74, int(rng.integers(34, 56)))):
        x, lean, tall = rng.uniform(-2, 66), rng.normal(0, 5), length * rng.uniform(0.6, 1.2)
        green = near(rng, light - 0.28 + foot / 300, 0.1, hue)
        _blade(canvas, x, foot, lean, tall, green)
        if rng.random() < 0.2:
            _flower(canvas, x + lean, foot - tall, rng.uniform(1.7, 2.9), near(rng, 0.82, 0.12, bloom))
    return place(air, canvas.layer(), rng)


def _blade(canvas: Canvas, x: float, foot: float, lean: float, tall: float, green: np.ndarray) -> None:
    middle = x + lean * 0.3, foot - tall * 0.55
    canvas.polygon(
        [
            (x - 1.2, foot),
            (middle[0] - 0.9, middle[1]),
            (x + lean, foot - tall),
            (middle[0] + 0.9, middle[1]),
            (x + 1.2, foot),
        ],
        green,
    )


def _flower(canvas: Canvas, x: float, y: float, size: float, petal: np.ndarray) -> None:
    for k in range(5):
        turn = k * 2 * pi / 5
        canvas.disc(x + size * 0.72 * cos(turn), y + size * 0.72 * sin(turn), size * 0.52, size * 0.52, petal)
    canvas.disc(x, y, size * 0.42, size * 0.42, oklch(0.8, 0.15, 85))


def shingle(rng: Rng) -> Place:
    """A beach or stream bed; telling: its pebbles."""
    hue, light = pick(rng, (70.0, 250.0, 40.0, 160.0, 300.0)), rng.uniform(0.25, 0.6)
    bed = gradient(oklch(light, 0.03, hue), near(rng, light - 0.05, 0.03, hue), rng)
    canvas, cell = blank(), rng.uniform(11, 17)
    for y in np.arange(-cell / 2, 64 + cell, cell * 0.82):
        for x in np.arange(-cell / 2, 64 + cell, cell):
            if rng.random() < 0.85:
                stone = near(rng, light + rng.uniform(0.08, 0.35), 0.03, hue, 2.0)
                _pebble(
                    canvas, x + rng.normal(0, 1.6), y + rng.normal(0, 1.4), cell * rng.uniform(0.36, 0.54), stone, rng
                )
    return place(bed, canvas.layer(), rng)


def _pebble(canvas: Canvas, x: float, y: float, size: float, stone: np.ndarray, rng: Rng) -> None:
    broad, angle = size * rng.uniform(0.68, 0.95), rng.uniform(0, pi)
    canvas.polygon(oval(x, y, size, broad, angle), stone * 0.78)
    canvas.polygon(oval(x - size * 0.1, y - size * 0.14, size * 0.8, broad * 0.76, angle), stone)
    canvas.polygon(oval(x - size * 0.25, y - size * 0.3, size * 0.34, broad * 0.26, angle, 8), stone * 1.1)


def forest(rng: Rng) -> Place:
    """A wood in mist; telling: trunks."""
    hue, light = pick(rng, (150.0, 120.0, 85.0, 230.0, 50.0)) + rng.normal(0, 10), rng.uniform(0.5, 0.88)
    mist = gradient(oklch(light, 0.06, hue), near(rng, light - 0.16, 0.06, hue - 15), rng)
    mist = blend(mist, oklch(light - 0.1, 0.08, hue), np.clip(noise(rng, 7), 0, 1) * np.float32(0.4))
    canvas, bark_hue, dark = blank(), pick(rng, (50.0, 70.0, 250.0, 20.0)), rng.uniform(0.24, 0.5)
    pale = rng.random() < 0.25  # birches
    for depth in np.sort(rng.uniform(0.25, 1.0, int(rng.integers(5, 9)))):
        tone = 0.86 if pale else dark + (1 - depth) * 0.2
        _trunk(canvas, rng.uniform(-2, 66), depth * rng.uniform(6, 10), near(rng, tone, 0.035, bark_hue, 0.6), rng)
    return place(mist, canvas.layer(), rng)


def _trunk(canvas: Canvas, x: float, wide: float, bark: np.ndarray, rng: Rng) -> None:
    lean, foot, half = rng.normal(0, 3.5), rng.uniform(56, 70), wide / 2
    left = [(x - half * 1.25, foot), (x - half + lean * 0.5, 32), (x - half * 0.8 + lean, -2)]
    right = [(x + half * 0.8 + lean, -2), (x + half + lean * 0.5, 32), (x + half * 1.25, foot)]
    canvas.polygon(left + right, bark)
    shadow = [(x + half * 0.3 + lean, -2), (x + half * 0.35 + lean * 0.5, 32), (x + half * 0.4, foot)]
    canvas.polygon(shadow + right[::-1], bark * 0.75)
    for y in rng.uniform(2, foot - 4, 5):
        shift = x + lean * (1 - y / 64)
        canvas.line(
            [(shift - half * 0.7, y), (shift + half * rng.uniform(-0.3, 0.2), y + rng.normal(0, 1))], 0.9, bark * 0.62
        )
    if rng.random() < 0.6:
        y, side = rng.uniform(8, 30), pick(rng, (-1, 1))
        shift = x + lean * (1 - y / 64)
        canvas.line(
            [(shift, y), (shift + side * rng.uniform(6, 11), y - rng.uniform(4, 10))],
            max(wide * 0.25, 1.2),
            bark * 0.85,
        )
