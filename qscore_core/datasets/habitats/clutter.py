"""What gets in the way: small figures of other classes behind the body, and something in front of it."""

from math import cos, pi, sin

import numpy as np

from .canvas import Canvas, Layer, blank, oval, turned
from .colour import oklch, pick
from .figures import coat, light_on, paint, paint_plain, plan
from .local import Pose, look
from .names import CLASSES, IMAGE_SIZE

Rng = np.random.Generator


def distractors(class_: str, light: np.ndarray, rng: Rng) -> list[Layer]:
    """None to four small things, each with another class's attribute or quite plain, 3-5 pixels in radius."""
    others = [other for other in CLASSES if other != class_]
    count = pick(rng, (0,) * 8 + (1,) * 5 + (2,) * 4 + (3,) * 2 + (4,))
    return [_distractor(others[rng.integers(len(others))], light, rng) for _ in range(count)]


def _distractor(class_: str, light: np.ndarray, rng: Rng) -> Layer:
    figure, angle = plan(class_, rng), rng.uniform(0, 2 * pi)
    # All distractors are about equally large, whether or not they wear something outside.
    scale = rng.uniform(3.2, 5.2) * (pi / figure.whole.area) ** 0.5
    x, y = rng.uniform(3, IMAGE_SIZE - 3, 2).tolist()
    pose = Pose(x, y, scale, angle, rng.uniform(0.8, 1.25), pick(rng, (-1, 1)))
    local, seen, dress = look(pose, float(figure.whole.radius.max())), light_on(pose, light), coat(rng)
    if rng.random() < 0.3:
        return paint_plain(local, figure.torso, dress.plain, seen).layer
    return paint(figure, dress, local, seen, rng).layer


def occluder(pose: Pose, reach: float, rng: Rng) -> Layer:
    """A leaf, a twig or a frond in front of the body; the same kinds before every habitat."""
    if rng.random() < 0.55:
        return Layer.empty()
    canvas = blank()
    away, angle = pose.scale * reach * rng.uniform(0.2, 0.9), rng.uniform(0, 2 * pi)
    x, y = pose.x + away * cos(angle), pose.y + away * sin(angle)
    draw, hue = ((_leaf, rng.uniform(0, 360)), (_twig, 60), (_frond, rng.uniform(0, 360)))[rng.integers(3)]
    colour = oklch(rng.uniform(0.3, 0.65), rng.uniform(0.02, 0.09), hue)
    draw(canvas, x, y, pose.scale * reach * rng.uniform(0.45, 0.95), colour, rng)
    return canvas.layer()


def _leaf(canvas: Canvas, x: float, y: float, size: float, colour: np.ndarray, rng: Rng) -> None:
    along = np.linspace(-1, 1, 16)
    edge = 0.36 * (1 - along**2) ** 0.8 * (1 + 0.25 * along)
    points = np.concatenate([np.stack([along, edge], 1), np.stack([along, -edge], 1)[::-1]]) * size
    angle = rng.uniform(0, 2 * pi)
    canvas.polygon(turned(points, x, y, angle), colour)
    canvas.polygon(turned(np.concatenate([points[:16], points[:1]]), x, y, angle), colour * 1.14)
    canvas.line(turned(np.array([(-1.3, 0.0), (1.0, 0.0)]) * size, x, y, angle), 0.9, colour * 0.72)


def _twig(canvas: Canvas, x: float, y: float, size: float, colour: np.ndarray, rng: Rng) -> None:
    angle, bend, width = rng.uniform(0, pi), rng.uniform(-6, 6), max(size * 0.26, 2.5)
    along = np.linspace(-95, 95, 15)
    middle = np.stack([along, bend * np.sin(along / 24)], axis=1)
    canvas.line(turned(middle, x, y, angle), width, colour)
    canvas.line(turned(middle - (0, width * 0.22), x, y, angle), width * 0.3, colour * 1.25)
    for knot in rng.uniform(-25, 25, 2):
        start = np.array([(knot, 0.0), (knot + 7, pick(rng, (-1, 1)) * (width + 4))])
        canvas.line(turned(start, x, y, angle), width * 0.4, colour)


def _frond(canvas: Canvas, x: float, y: float, size: float, colour: np.ndarray, rng: Rng) -> None:
    angle, leaflets = rng.uniform(0, 2 * pi), int(rng.integers(6, 9))
    for k in range(leaflets):
        along, long = (2 * k / (leaflets - 1) - 1) * size, size * (0.62 - 0.36 * abs(k / (leaflets - 1) - 0.35))
        for side in (-1, 1):
            lean = side * 0.95
            tip = along + long / 2 * cos(lean), long / 2 * sin(lean)
            corners = turned(oval(*tip, long * 0.52, size * 0.12, lean, 12), x, y, angle)
            canvas.polygon(corners, colour * (1.08 if side < 0 else 0.92))
    canvas.line(turned(np.array([(-1.5, 0.0), (1.1, 0.0)]) * size, x, y, angle), 1.0, colour * 0.7)
