"""Options of an encoder reference: what the user knows better than the file."""

from dataclasses import replace
from typing import TypeVar

from qscore_core.encoders.layouts.codebase import MOMENTUM, ONLINE
from qscore_core.encoders.networks.resnet import (
    CIFAR_STEM,
    IMAGENET_STEM,
    NAMED_SHAPES,
    SAME_PADDING,
    ResNetShape,
    Stem,
)
from qscore_core.encoders.presets import PRESETS, Preset
from qscore_core.encoders.transform import (
    CIFAR10_MEAN,
    CIFAR10_STD,
    IMAGENET_MEAN,
    IMAGENET_STD,
    MAX_PIXELS,
    Transform,
)
from qscore_core.errors import BadReferenceError
from qscore_core.references import Reference

T = TypeVar("T")

STEMS: dict[str, Stem] = {"imagenet": IMAGENET_STEM, "cifar": CIFAR_STEM}
NORMALIZATIONS = {
    "imagenet": (IMAGENET_MEAN, IMAGENET_STD),
    "cifar10": (CIFAR10_MEAN, CIFAR10_STD),
    "none": ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
}
INTERPOLATIONS = {name: name for name in ("bilinear", "bicubic", "nearest")}
ROLES = {"online": ONLINE, "student": ONLINE, "momentum": MOMENTUM, "teacher": MOMENTUM}
MAX_HEADS = 64
RESNET_OPTIONS = {"arch", "stem", "padding", "same"}
VIT_OPTIONS = {"heads"}
TRANSFORM_OPTIONS = {"normalize", "resize", "crop", "interpolation"}
FILE_OPTIONS = RESNET_OPTIONS | VIT_OPTIONS | TRANSFORM_OPTIONS | {"method", "preset", "weights"}


def chosen_preset(reference: Reference) -> Preset | None:
    return _one_of(reference, "preset", PRESETS) if "preset" in reference.options else None


def chosen_role(reference: Reference) -> str | None:
    """`online` or `momentum`, which may also be called student and teacher."""
    return _one_of(reference, "weights", ROLES) if "weights" in reference.options else None


def chosen_heads(reference: Reference) -> int | None:
    """Attention heads of a ViT."""
    return _whole(reference, "heads", 1, MAX_HEADS) if "heads" in reference.options else None


def refuse_options(reference: Reference, options: set[str], network: str) -> None:
    """Options that mean nothing for this kind of network."""
    wrong = sorted(options & set(reference.options))
    if wrong:
        raise BadReferenceError(f"Reference `{reference}`: `{wrong[0]}` means nothing for a {network}. Leave it out.")


def override_shape(shape: ResNetShape, reference: Reference) -> ResNetShape:
    """`arch`, `stem`, `padding` and `same` of a reference on top of what was detected."""
    options = reference.options
    if "arch" in options:
        named = _one_of(reference, "arch", NAMED_SHAPES)
        shape = replace(named, stem=shape.stem, stem_planes=shape.stem_planes, same=shape.same)
    if "stem" in options:
        shape = replace(shape, stem=_one_of(reference, "stem", STEMS))
    if "padding" in options:
        shape = replace(shape, stem=replace(shape.stem, padding=_whole(reference, "padding", 0, 16)))
    if "same" in options:
        shape = replace(shape, same=_one_of(reference, "same", {name: name for name in SAME_PADDING}))
    return shape


def override_transform(transform: Transform, reference: Reference) -> Transform:
    """`normalize`, `resize`, `crop` and `interpolation` of a reference on top of the default."""
    options = reference.options
    if "normalize" in options:
        mean, std = _one_of(reference, "normalize", NORMALIZATIONS)
        transform = replace(transform, mean=mean, std=std)
    for size in ("resize", "crop"):
        if size in options:
            transform = replace(transform, **{size: _whole(reference, size, 1, MAX_PIXELS)})
    if "interpolation" in options:
        transform = replace(transform, interpolation=_one_of(reference, "interpolation", INTERPOLATIONS))
    if transform.crop > transform.resize:
        raise BadReferenceError(
            f"Reference `{reference}`: `crop` should not exceed `resize`. Found crop {transform.crop} and resize "
            f"{transform.resize}. Give both, for example `resize={transform.crop}&crop={transform.crop}`."
        )
    return transform


def _one_of(reference: Reference, option: str, known: dict[str, T]) -> T:
    value = reference.options[option]
    if value not in known:
        raise BadReferenceError(
            f"Reference `{reference}`: `{option}` should be one of {', '.join(known)}. Found `{value}`."
        )
    return known[value]


def _whole(reference: Reference, option: str, low: int, high: int) -> int:
    value = reference.options[option]
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        raise BadReferenceError(
            f"Reference `{reference}`: `{option}` should be a whole number from {low} to {high}. Found `{value}`."
        )
    return int(value)
