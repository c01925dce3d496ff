"""One picture: a body of its class in a habitat, with what is behind, on and in front of it."""

from dataclasses import dataclass
from math import pi, sqrt

import numpy as np
from PIL import Image, ImageFilter

from .canvas import Layer
from .clutter import distractors, occluder
from .colour import grade, pick
from .figures import Plan, coat, light_on, paint, plan, with_eye
from .habitat_table import DRAW_HABITAT
from .local import Pose, look
from .names import CLASSES, FITTING_SHARE, HABITATS, IMAGE_SIZE, SEED, SPLITS
from .values import Causes, Picture

Rng = np.random.Generator
SMALLEST, LARGEST = 0.12, 0.70  # whole body over frame
MOST_OCCLUDED = 0.4
SURROUNDINGS = 4  # pixels around the body that contrast is measured against


@dataclass(frozen=True, eq=False)
class Subject:
    """The body in the frame: its layer, the cover of its core (64, 64), and where it stands."""

    layer: Layer
    core: np.ndarray
    pose: Pose
    size: float
    reach: float


def draw_picture(split: str, index: int, seed: int = SEED) -> Picture:
    """Picture `index` of a split; depends on nothing but the three arguments.

    Raises:
        ValueError: for a split that does not exist or a negative index or seed.
    """
    if split not in SPLITS:
        raise ValueError(f"`split` should be one of {', '.join(SPLITS)}. Found {split!r}.")
    for name, value in (("index", index), ("seed", seed)):
        if value < 0:
            raise ValueError(f"`{name}` should not be negative. Found {value}.")
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, list(SPLITS).index(split), index])))
    label = index % len(CLASSES)  # balanced for any number of pictures, and known without drawing
    return _compose(label, _habitat(split, label, rng), rng)


def _habitat(split: str, label: int, rng: Rng) -> int:
    fits, other = rng.random() < FITTING_SHARE[split], int(rng.integers(len(HABITATS) - 1))
    return label if fits else other + (other >= label)


def _compose(label: int, habitat: int, rng: Rng) -> Picture:
    light = _light(rng)
    place = DRAW_HABITAT[HABITATS[habitat]](rng)
    small = distractors(CLASSES[label], light, rng)
    subject = _subject(plan(CLASSES[label], rng), light, rng)
    front = _bearable(occluder(subject.pose, subject.reach, rng), subject)
    blur = float(rng.uniform(0.35, 1.25)) if rng.random() < 0.45 else 0.0

    scene = place.elements.over(place.backdrop)
    for thing in small:
        scene = thing.over(_shadowed(scene, thing.cover, light, 1.2, 0.3))
    scene = subject.layer.over(_shadowed(scene, subject.layer.cover, light, 2.6, 0.42))
    scene = front.over(_shadowed(scene, front.cover, light, 1.6, 0.35))
    image = _finished(grade(scene, rng), blur)

    uncovered = (subject.layer.cover < 0.5) & (front.cover < 0.5)
    visible = [(thing.cover >= 0.5) & uncovered for thing in small]
    elsewhere = uncovered & ~np.any(visible, axis=0) if visible else uncovered
    body = (subject.layer.cover >= 0.5) & (front.cover < 0.5)
    in_frame, shown = float(subject.layer.cover.sum()), float((subject.layer.cover * (1 - front.cover)).sum())
    causes = Causes(
        class_=CLASSES[label],
        label=label,
        habitat=HABITATS[habitat],
        habitat_fits=habitat == label,
        size=subject.size,
        visible_share=min(shown / (subject.size * IMAGE_SIZE**2), 1.0),
        contrast=contrast(image, body),
        blur=blur,
        distractors=sum(int(thing.sum() >= 4) for thing in visible),
        occluded_share=1 - shown / in_frame,
        rotation=float(np.degrees(subject.pose.angle)),
    )
    spurious = (place.elements.cover >= 0.5) & elsewhere
    return Picture(image, body & (subject.core >= 0.5), spurious, body, causes)


def _light(rng: Rng) -> np.ndarray:
    """Unit vector to the light (right, down, towards the viewer): from somewhere above."""
    angle, slope = -pi / 2 + rng.uniform(-1.2, 1.2), rng.uniform(0.5, 0.9)
    return np.array([np.cos(angle) * slope, np.sin(angle) * slope, sqrt(1 - slope**2)])


def _subject(figure: Plan, light: np.ndarray, rng: Rng) -> Subject:
    size = SMALLEST + (LARGEST - SMALLEST) * float(rng.beta(1.2, 2.0))
    scale = IMAGE_SIZE * sqrt(size / figure.whole.area)
    reach = float(figure.whole.radius.mean())
    # The larger the body, the less it strays; up to a third of it may lie outside the frame.
    stray = max(IMAGE_SIZE / 2 - 0.75 * scale * reach, 5.0)
    x, y = (IMAGE_SIZE / 2 + rng.uniform(-stray, stray, 2)).tolist()
    pose = Pose(x, y, scale, rng.uniform(0, 2 * pi), rng.uniform(0.78, 1.28), pick(rng, (-1, 1)))
    local = look(pose, float(figure.whole.radius.max()))
    sprite = with_eye(paint(figure, coat(rng), local, light_on(pose, light), rng), figure, pose, rng)
    return Subject(sprite.layer, sprite.core, pose, size, reach)


def _bearable(front: Layer, subject: Subject) -> Layer:
    """The occluder, or nothing where it would hide more than 40 % of the body."""
    body = subject.layer.cover
    hidden = float((body * front.cover).sum() / body.sum())
    return front if hidden <= MOST_OCCLUDED else Layer.empty()


def _shadowed(scene: np.ndarray, cover: np.ndarray, light: np.ndarray, away: float, depth: float) -> np.ndarray:
    """The scene with the soft shadow of what `cover` holds, `away` pixels off on the far side of the light."""
    if not cover.any():
        return scene
    soft = Image.fromarray((cover * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(away * 0.7))
    shift = (1, 0, round(light[0] * away * 1.4), 0, 1, round(light[1] * away * 1.4))
    fallen = soft.transform(soft.size, Image.Transform.AFFINE, shift)
    return scene * (1 - np.asarray(fallen, dtype=np.float32) * np.float32(depth / 255))[..., None]


def _finished(scene: np.ndarray, blur: float) -> np.ndarray:
    image = Image.fromarray((np.clip(scene, 0, 1) * 255 + 0.5).astype(np.uint8))
    return np.asarray(image.filter(ImageFilter.GaussianBlur(blur)) if blur else image).copy()


def contrast(image: np.ndarray, body: np.ndarray) -> float:
    """`Causes.contrast` of an image (64, 64, 3) with visible body (64, 64); 0 where nothing surrounds it."""
    wide = Image.fromarray(body.astype(np.uint8) * 255).filter(ImageFilter.BoxBlur(SURROUNDINGS))
    around = np.asarray(wide).astype(bool) & ~body
    if not body.any() or not around.any():
        return 0.0
    apart = image[body].mean(axis=0) - image[around].mean(axis=0)
    return float(np.sqrt((apart**2).mean()) / 255)
