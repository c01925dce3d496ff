"""What a checkpoint holds, found without running its code and without building its network."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from qscore_core.encoders.checkpoint import Checkpoint, open_checkpoint
from qscore_core.encoders.heads import heads_of
from qscore_core.encoders.networks import NetworkShape
from qscore_core.encoders.networks.resnet import CIFAR_STEM, IMAGENET_STEM, ResNetShape, Stem
from qscore_core.encoders.options import FILE_OPTIONS
from qscore_core.encoders.remarks import notes_about, warnings_about
from qscore_core.encoders.strict import KeyReport, compare_keys
from qscore_core.encoders.transform import Transform
from qscore_core.references import Reference

OWN_LAYOUT = "qscore"


@dataclass(frozen=True)
class Inspection:
    """The report that `inspect` prints.

    `kept`, `missing`, `unexpected` and `mismatched` (with both shapes) are standard names; `dropped` are names as they
    stand in the file, `heads` the groups among them that belong to a network. `weights` is the role taken (`online` or
    `momentum`), `refused` names the Python objects that stayed closed,
    `finetune_heads` are the parts that fine-tuning would take over instead of new ones, `notes` are sentences.
    """

    layout: str
    method: str
    arch: str
    dim: int
    stem: str
    place: str
    prefix: str
    weights: str
    weights_available: tuple[str, ...]
    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    mismatched: tuple[str, ...]
    heads: tuple[str, ...]
    preset: str
    transform: Transform
    refused: tuple[str, ...]
    reader: str
    finetune_heads: tuple[str, ...]
    notes: tuple[str, ...]


def inspect_checkpoint(path: str | Path, options: Mapping[str, str] | None = None) -> Inspection:
    """The report on a file as `file:PATH?options` would take it.

    Raises EncoderError where the file cannot be read or holds no encoder; a partial one is reported, not refused.
    """
    reference = Reference("file", str(path), dict(options or {}))
    reference.require_options(FILE_OPTIONS)
    checkpoint = open_checkpoint(Path(path).expanduser(), reference)
    return describe(checkpoint, reference, compare_keys(checkpoint.tensors, checkpoint.shape))


def describe(checkpoint: Checkpoint, reference: Reference, report: KeyReport) -> Inspection:
    backbone, shape = checkpoint.backbone, checkpoint.shape
    heads = heads_of(checkpoint) if report.fits and isinstance(shape, ResNetShape) else None
    return Inspection(
        layout=OWN_LAYOUT if checkpoint.own else backbone.codebase.title,
        method=checkpoint.method,
        arch=shape.name,
        dim=shape.dim,
        stem=stem_of(shape),
        place="/".join(backbone.place),
        prefix=backbone.prefix,
        weights=backbone.role,
        weights_available=backbone.roles,
        kept=report.kept,
        dropped=backbone.dropped,
        missing=report.missing,
        unexpected=report.unexpected,
        mismatched=report.mismatched,
        heads=backbone.heads,
        preset=checkpoint.preset.name if checkpoint.preset else "",
        transform=checkpoint.transform,
        refused=checkpoint.content.refused,
        reader=checkpoint.content.reader,
        finetune_heads=heads.parts if heads else (),
        notes=(*warnings_about(checkpoint, reference), *notes_about(checkpoint, reference)),
    )


def stem_of(shape: NetworkShape) -> str:
    """A ResNet's stem in words and whose padding its layers have; a ViT has patches instead."""
    if not isinstance(shape, ResNetShape):
        return "patches"
    return stem_name(shape.stem) + ("" if shape.same == "none" else f", TensorFlow's padding ({shape.same})")


def stem_name(stem: Stem) -> str:
    """`imagenet`, `cifar` (also with another padding or without ReLU), or the stem in numbers."""
    relu = "" if stem.relu else ", without ReLU"
    for name, named in (("imagenet", IMAGENET_STEM), ("cifar", CIFAR_STEM)):
        if replace(stem, padding=named.padding, relu=True) == named:
            padding = "" if stem.padding == named.padding else f", padding {stem.padding}"
            return f"{name}{padding}{relu}"
    pool = "with" if stem.pool else "without"
    return f"{stem.kernel}x{stem.kernel}, stride {stem.stride}, padding {stem.padding}, {pool} max-pool{relu}"
