"""Where a codebase puts its backbone inside a checkpoint. One `Layout` each; recognised by content, never by file name.

A layout says at which entry of the file the tensor dict lies, under which prefix the backbone's keys stand, and which
neighbours under that prefix are heads. Everything else is common to all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from qscore_core.encoders.layout_hints import explain
from qscore_core.errors import EncoderError

Place = tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """`places` are entries from the top of the file (`()` is a flat file); all three fields in order of preference."""

    name: str
    places: tuple[Place, ...]
    prefixes: tuple[str, ...]
    heads: tuple[str, ...]
    method: str = "unknown"


LAYOUTS = (Layout("torchvision", places=((), ("state_dict",), ("model",)), prefixes=("", "module."), heads=("fc.",)),)


@dataclass(frozen=True, eq=False)
class Backbone:
    """The tensors of one backbone with torchvision's key names, and what was left in the file."""

    layout: Layout
    prefix: str
    tensors: dict[str, Tensor]
    dropped: tuple[str, ...]
    heads: tuple[str, ...]


def find_backbone(content: Mapping[str, Any], name: str) -> Backbone:
    """The backbone of a checkpoint that one of `LAYOUTS` describes.

    Raises EncoderError with the nearest explanation; `name` is how the message calls the file.
    """
    for layout in LAYOUTS:
        for place in layout.places:
            tensors = _tensors_at(content, place)
            for prefix in layout.prefixes:
                if has_resnet(tensors, prefix):
                    return _take(layout, content, place, prefix)
    raise EncoderError(f"Encoder file `{name}` holds no ResNet in a known layout. {explain(content)}")


def has_resnet(tensors: Mapping[str, Tensor], prefix: str) -> bool:
    """Whether torchvision's first convolution (3 input channels) and first block stand under `prefix`."""
    conv1 = tensors.get(f"{prefix}conv1.weight")
    return conv1 is not None and conv1.ndim == 4 and conv1.shape[1] == 3 and f"{prefix}layer1.0.conv1.weight" in tensors


def _tensors_at(content: Mapping[str, Any], place: Place) -> dict[str, Tensor]:
    value: Any = content
    for key in place:
        value = value.get(key) if isinstance(value, Mapping) else None
    if not isinstance(value, Mapping):
        return {}
    return {key: item for key, item in value.items() if isinstance(key, str) and isinstance(item, Tensor)}


def _take(layout: Layout, content: Mapping[str, Any], place: Place, prefix: str) -> Backbone:
    tensors = _tensors_at(content, place)
    inside = {key.removeprefix(prefix): tensor for key, tensor in tensors.items() if key.startswith(prefix)}
    head_keys = [key for key in inside if key.startswith(layout.heads)]
    beside = [str(key) for key in content if key not in (tensors if not place else place[:1])]
    outside = [key for key in tensors if not key.startswith(prefix)]
    return Backbone(
        layout,
        prefix,
        {key: tensor for key, tensor in inside.items() if key not in head_keys},
        dropped=(*(prefix + key for key in head_keys), *outside, *beside),
        heads=tuple(dict.fromkeys(re.split(r"\.", key)[0] for key in head_keys)),
    )
