"""What a checkpoint holds, found without running its code and without building its network."""

from dataclasses import dataclass, replace
from pathlib import Path

from torch import Tensor

from qscore_core.encoders.layouts import Backbone, find_backbone
from qscore_core.encoders.own_format import OwnMetadata, read_own_metadata
from qscore_core.encoders.resnet import (
    CIFAR_STEM,
    IMAGENET_STEM,
    NAMED_SHAPES,
    ResNetShape,
    Stem,
    arch_name,
    shape_of_state_dict,
)
from qscore_core.encoders.safe_reader import read_checkpoint
from qscore_core.encoders.strict import KeyReport, compare_keys
from qscore_core.errors import EncoderError

OWN_LAYOUT = "qscore"


@dataclass(frozen=True)
class Inspection:
    """The report that `inspect` prints; key names as they stand behind `prefix`, `dropped` as they stand in the file.

    `heads` are the dropped groups that are part of a network (`fc`), `mismatched` names keys with both shapes.
    """

    layout: str
    method: str
    arch: str
    dim: int
    stem: str
    prefix: str
    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    mismatched: tuple[str, ...]
    heads: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """A file as it was read: the backbone, the shape it seems to have, and the header if this project wrote it."""

    name: str
    backbone: Backbone
    shape: ResNetShape
    own: OwnMetadata | None


def inspect_checkpoint(path: str | Path) -> Inspection:
    """Raises EncoderError where the file cannot be read or holds no ResNet; a partial one is reported, not refused."""
    checkpoint = open_checkpoint(Path(path).expanduser())
    return describe(checkpoint, compare_keys(checkpoint.backbone.tensors, checkpoint.shape))


def open_checkpoint(path: Path) -> Checkpoint:
    """Reads a file safely and finds the backbone and its shape."""
    name = str(path)
    backbone = find_backbone(read_checkpoint(path), name)
    own = read_own_metadata(path)
    shape = own.shape if own else _detect_shape(backbone.tensors, name)
    return Checkpoint(name, backbone, shape, own)


def describe(checkpoint: Checkpoint, report: KeyReport) -> Inspection:
    backbone, own, shape = checkpoint.backbone, checkpoint.own, checkpoint.shape
    return Inspection(
        layout=OWN_LAYOUT if own else backbone.layout.name,
        method=own.method if own else backbone.layout.method,
        arch=arch_name(shape),
        dim=shape.dim,
        stem=stem_name(shape.stem),
        prefix=backbone.prefix,
        kept=report.kept,
        dropped=backbone.dropped,
        missing=report.missing,
        unexpected=report.unexpected,
        mismatched=report.mismatched,
        heads=backbone.heads,
    )


def stem_name(stem: Stem) -> str:
    """`imagenet`, `cifar` (also with another padding), or the stem in numbers."""
    for name, named in (("imagenet", IMAGENET_STEM), ("cifar", CIFAR_STEM)):
        if replace(stem, padding=named.padding) == named:
            return name if stem == named else f"{name}, padding {stem.padding}"
    pool = "with" if stem.pool else "without"
    return f"{stem.kernel}x{stem.kernel}, stride {stem.stride}, padding {stem.padding}, {pool} max-pool"


def _detect_shape(tensors: dict[str, Tensor], name: str) -> ResNetShape:
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
        return shape_of_state_dict(tensors)
    except ValueError as error:
        raise EncoderError(f"Encoder file `{name}` has tensors in shapes that no ResNet has: {error}.") from error
