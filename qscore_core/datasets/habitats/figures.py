"""A body with its class attribute: outline, coat, shading, and which samples are core."""

from dataclasses import dataclass
from math import cos, sin

import numpy as np

from .appendages import APPENDAGES, Appendage
from .canvas import Layer
from .colour import oklch, pick
from .fields import inside
from .local import Local, Pose, look
from .markings import MARKINGS
from .outlines import Outline, body, outline

Rng = np.random.Generator


@dataclass(frozen=True, eq=False)
class Plan:
    """What a body is before it is posed: its class, its own outline, and what it wears outside."""

    class_: str
    torso: Outline
    appendage: Appendage | None

    @property
    def whole(self) -> Outline:
        return self.torso if self.appendage is None else self.appendage.shape


@dataclass(frozen=True, eq=False)
class Coat:
    """base, mark: the two tones of pattern or appendage; plain: the rest of the body; each float32 (3,)."""

    base: np.ndarray
    mark: np.ndarray
    plain: np.ndarray


@dataclass(frozen=True, eq=False)
class Sprite:
    """A drawn figure in the frame: its layer, and the cover (64, 64) of its core."""

    layer: Layer
    core: np.ndarray


def plan(class_: str, rng: Rng) -> Plan:
    radius = body(rng)
    if class_ in MARKINGS:
        return Plan(class_, outline(radius), None)
    # A smaller torso, so that what it wears is most of the figure.
    return Plan(class_, outline(radius * 0.66), APPENDAGES[class_](radius, rng))


def coat(rng: Rng) -> Coat:
    """Two tones that differ in lightness, and a plain one; the same distribution for every class."""
    hue, gap = rng.uniform(0, 360), rng.uniform(0.24, 0.62)
    dark = rng.uniform(0.24, 0.93 - gap)
    other = hue + pick(rng, (0.0, 0.0, 40.0, -40.0, 120.0, 180.0)) + rng.normal(0, 10)
    tones = [oklch(dark, rng.uniform(0.01, 0.12), other), oklch(dark + gap, rng.uniform(0.01, 0.15), hue)]
    if rng.random() < 0.3:
        tones.reverse()
    mark, base = tones
    middle = oklch(dark + gap * rng.uniform(0.3, 1.0), rng.uniform(0.02, 0.13), hue)
    return Coat(base, mark, base if rng.random() < 0.5 else middle)


def paint(figure: Plan, dress: Coat, local: Local, light: np.ndarray, rng: Rng) -> Sprite:
    """The figure under light that comes from `light` (along, across, towards the viewer)."""
    distance, radius = local.distance(figure.torso)
    torso = inside(distance, local.sample)
    lit = _round_shade(local, radius, light) * torso
    if figure.appendage is None:
        return _marked(figure.class_, dress, local, torso, lit, rng)
    return _wearing(figure.appendage, dress, local, torso, lit, light)


def _marked(class_: str, dress: Coat, local: Local, torso: np.ndarray, lit: np.ndarray, rng: Rng) -> Sprite:
    # The head stays plain, so that the core is a part of the body and not all of it.
    collar = local.u + np.float32(rng.uniform(-0.3, 0.35)) * local.v * local.v - np.float32(rng.uniform(0.45, 0.75))
    coated = inside(collar, local.sample)
    base = lit * coated
    mark = base * MARKINGS[class_](local, rng)
    return _sprite(
        local, torso, torso * coated, ((base - mark, dress.base), (mark, dress.mark), (lit - base, dress.plain))
    )


def _wearing(
    worn: Appendage, dress: Coat, local: Local, torso: np.ndarray, lit: np.ndarray, light: np.ndarray
) -> Sprite:
    distance, reach = local.distance(worn.shape, worn.swirl)
    whole = np.maximum(inside(distance, local.sample), torso)
    core = whole - torso
    far = local.rho - np.float32(0.7)
    out = np.clip(far / np.maximum(reach - np.float32(0.7), np.float32(0.2)), 0, 1)
    # Flat things catch the light by the side they point to, and lie in the body's shade near it.
    tilt = 0.86 + 0.16 * np.clip(local.u * light[0] + local.v * light[1], -1.2, 1.2)
    flat = core * tilt * (1 - 0.3 * np.clip(1 - 3 * far, 0, 1))
    mark = flat * worn.tone(out, local.index(worn.swirl))
    return _sprite(local, whole, core, ((flat - mark, dress.base), (mark, dress.mark), (lit, dress.plain)))


def paint_plain(local: Local, shape: Outline, colour: np.ndarray, light: np.ndarray) -> Sprite:
    """A body with no attribute at all, in one colour."""
    distance, radius = local.distance(shape)
    torso = inside(distance, local.sample)
    return _sprite(local, torso, torso * 0, ((torso * _round_shade(local, radius, light), colour),))


def _sprite(
    local: Local, cover: np.ndarray, core: np.ndarray, inks: tuple[tuple[np.ndarray, np.ndarray], ...]
) -> Sprite:
    """Averages the share of each ink to pixels first: mixing colours then costs a quarter."""
    rgb = sum(local.spread(share)[..., None] * colour for share, colour in inks)
    return Sprite(Layer(rgb, local.spread(cover)), local.spread(core))


def _round_shade(local: Local, radius: np.ndarray, light: np.ndarray) -> np.ndarray:
    """Brightness of a cushion-like body, about 0.5-1.3: soft Lambert light and a small highlight."""
    flat = 1 / radius
    height = np.sqrt(np.clip(1 - np.float32(0.93) * (local.rho * flat) ** 2, 0.05, 1))
    lit = np.clip((local.u * np.float32(light[0]) + local.v * np.float32(light[1])) * flat + height * light[2], 0, 1)
    highlight = np.square(np.square(np.square(np.square(lit))))  # the power 16, a tenth of the time of `lit**16`
    return np.float32(0.5) + np.float32(0.58) * lit + np.float32(0.22) * highlight


def with_eye(sprite: Sprite, figure: Plan, pose: Pose, rng: Rng) -> Sprite:
    """The same sprite with an eye on its head; every class has one, so it gives nothing away."""
    white = max(rng.uniform(0.13, 0.17), 1.5 / pose.scale)  # under 1.5 pixels an eye is a speck
    ahead, aside = float(figure.torso.radius[0]) - 1.5 * white, -rng.uniform(0.05, 0.3)
    x, y = pose.at(ahead, aside)
    local = look(Pose(x, y, pose.scale * white, pose.angle, pose.stretch, pose.side), 1.0)
    forward = local.u - np.float32(0.25)
    pupil = inside(np.sqrt(forward * forward + local.v * local.v) - np.float32(rng.uniform(0.55, 0.65)), local.sample)
    ball = inside(local.rho - 1, local.sample)
    # The eye ends where the body does.
    ball_cover, cover = local.spread(ball), sprite.layer.cover
    bright = local.spread(ball * (np.float32(0.96) - np.float32(0.88) * pupil)) * cover
    rgb = sprite.layer.rgb * (1 - ball_cover)[..., None] + bright[..., None]
    return Sprite(Layer(rgb, cover), sprite.core * (1 - ball_cover))


def light_on(pose: Pose, toward: np.ndarray) -> np.ndarray:
    """The frame's light (right, down, towards the viewer) as the posed body sees it."""
    c, s = cos(pose.angle), sin(pose.angle)
    right, down, front = (float(value) for value in toward)
    return np.array([c * right + s * down, (c * down - s * right) * pose.side, front], dtype=np.float32)
