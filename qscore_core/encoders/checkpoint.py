"""A weights file with everything about it decided: which network of it, its shape, its input, and on what grounds."""

from dataclasses import dataclass, replace
from pathlib import Path

from torch import Tensor

from qscore_core.encoders.layouts import Backbone, find_backbone
from qscore_core.encoders.layouts.naming import Family
from qscore_core.encoders.networks import NetworkShape
from qscore_core.encoders.networks.resnet import NAMED_SHAPES, ResNetShape
from qscore_core.encoders.networks.resnet_inference import shape_of_state_dict
from qscore_core.encoders.networks.vit import USUAL_HEAD_WIDTH, resampled, shape_of_vit, standard_vit
from qscore_core.encoders.options import (
    RESNET_OPTIONS,
    VIT_OPTIONS,
    chosen_heads,
    chosen_preset,
    chosen_role,
    override_shape,
    override_transform,
    refuse_options,
)
from qscore_core.encoders.own_format import OwnMetadata, read_own_metadata
from qscore_core.encoders.presets import PRESETS, Preset
from qscore_core.encoders.reading import Content, read_checkpoint
from qscore_core.encoders.transform import Transform
from qscore_core.errors import EncoderError
from qscore_core.references import Reference


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """`detected` is the shape by the tensors alone, `shape` the one to build, which `tensors` should fill.

    `preset` is None for a file that says all about its input itself; `undecided` says what a user has to add before
    the file can be loaded, and is empty where nothing is missing.
    """

    name: str
    content: Content
    backbone: Backbone
    own: OwnMetadata | None
    preset: Preset | None
    transform: Transform
    detected: NetworkShape
    shape: NetworkShape
    tensors: dict[str, Tensor]
    method: str
    undecided: str = ""


def open_checkpoint(path: Path, reference: Reference) -> Checkpoint:
    """Reads a file safely and decides, under the options of a `file:` reference; builds nothing.

    Raises EncoderError where the file cannot be read or holds no encoder, BadReferenceError for options that cannot be.
    """
    content = read_checkpoint(path)
    backbone = find_backbone(content.entries, str(path), chosen_role(reference))
    own = read_own_metadata(path)
    if backbone.naming.family is Family.VIT:
        return _vision_transformer(str(path), content, backbone, reference)
    return _resnet(str(path), content, backbone, own, reference)


def is_small(shape: NetworkShape) -> bool:
    """Whether the first convolution suits pictures of 32 pixels."""
    return isinstance(shape, ResNetShape) and shape.stem.kernel == 3 and not shape.stem.pool


def _resnet(
    name: str, content: Content, backbone: Backbone, own: OwnMetadata | None, reference: Reference
) -> Checkpoint:
    refuse_options(reference, VIT_OPTIONS, "ResNet")
    detected = own.shape if own else _detected_resnet(backbone, name)
    assumed = PRESETS[backbone.codebase.presets.small if is_small(detected) else backbone.codebase.presets.usual]
    preset = chosen_preset(reference) or (None if own else assumed)
    return Checkpoint(
        name=name,
        content=content,
        backbone=backbone,
        own=own,
        preset=preset,
        transform=override_transform(preset.transform if preset or own is None else own.transform, reference),
        detected=detected,
        shape=override_shape(_with_padding(detected, preset) if preset else detected, reference),
        tensors=backbone.tensors,
        method=reference.options.get("method", own.method if own else backbone.method),
    )


def _with_padding(shape: ResNetShape, preset: Preset) -> ResNetShape:
    padded = replace(shape, same=preset.same)
    if preset.stem_padding is None or not is_small(shape):
        return padded
    return replace(padded, stem=replace(shape.stem, padding=preset.stem_padding))


def _detected_resnet(backbone: Backbone, name: str) -> ResNetShape:
    tensors = backbone.tensors
    last_conv = "conv3" if "layer1.0.conv3.weight" in tensors else "conv2"
    needed = [f"layer{stage}.0.{last_conv}.weight" for stage in (1, 2, 3, 4)] + ["layer1.0.conv2.weight"]
    absent = [key for key in needed if key not in tensors]
    odd = [key for key in needed if key not in absent and (tensors[key].ndim != 4 or 0 in tensors[key].shape)]
    if absent or odd:
        raise EncoderError(
            f"Encoder file `{name}` begins like a ResNet but `{(absent or odd)[0]}` is "
            f"{'missing' if absent else 'not a convolution'}. Expected the four stages of one of "
            f"{', '.join(list(NAMED_SHAPES)[:3])} or a relative of them. It may be cut off or another network."
        )
    try:
        shape = shape_of_state_dict(tensors)
    except ValueError as error:
        raise EncoderError(f"Encoder file `{name}` has tensors in shapes that no ResNet has: {error}.") from error
    return replace(shape, stem=replace(shape.stem, relu=backbone.naming.stem_relu))


def _vision_transformer(name: str, content: Content, backbone: Backbone, reference: Reference) -> Checkpoint:
    refuse_options(reference, RESNET_OPTIONS, "Vision Transformer")
    preset = chosen_preset(reference) or PRESETS[backbone.codebase.presets.vit]
    transform = override_transform(preset.transform, reference)
    try:
        tensors = standard_vit(backbone.tensors)
        dim = tensors["cls_token"].shape[-1]
        heads = chosen_heads(reference) or preset.heads(dim)
        shape = shape_of_vit(tensors, transform.crop, heads or _usual_heads(dim))
        tensors = resampled(tensors, shape)
    except ValueError as error:
        raise EncoderError(
            f"Encoder file `{name}` cannot be a Vision Transformer as asked for: {error}. "
            "Check `heads=` and `crop=` in the reference."
        ) from error
    return Checkpoint(
        name=name,
        content=content,
        backbone=backbone,
        own=None,
        preset=preset,
        transform=transform,
        detected=shape,
        shape=shape,
        tensors=tensors,
        method=reference.options.get("method", backbone.method),
        undecided="" if heads else _heads_missing(name, dim),
    )


def _usual_heads(dim: int) -> int:
    """A guess, good enough to name a file's tensors: their shapes do not depend on it."""
    usual = max(1, dim // USUAL_HEAD_WIDTH)
    return next(heads for heads in range(usual, 0, -1) if dim % heads == 0)


def _heads_missing(name: str, dim: int) -> str:
    presets = [f"`preset={preset.name}` ({heads})" for preset in PRESETS.values() if (heads := preset.heads(dim))]
    known = f", or the preset of its source: {', '.join(presets)}" if presets else ""
    return (
        f"Encoder file `{name}` is a Vision Transformer with {dim} features whose number of attention heads no file "
        f"tells. Add `heads=` to the reference (the usual guess, {dim}/{USUAL_HEAD_WIDTH}, would be "
        f"`heads={_usual_heads(dim)}`){known}."
    )
