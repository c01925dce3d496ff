"""What a user should know about a file: what was assumed because it cannot say it, and what looks wrong."""

import torch

from qscore_core.encoders.checkpoint import Checkpoint, is_small
from qscore_core.encoders.layouts.codebase import SEVERAL_CODES
from qscore_core.encoders.layouts.naming import TORCHVISION
from qscore_core.encoders.networks.vit import ViTShape, stored_side
from qscore_core.encoders.strict import COUNTER
from qscore_core.references import Reference

SUPERVISED_CLASSES = 1000
NOT_SELF_SUPERVISED = {"unknown", "supervised", "untrained"}


def warnings_about(checkpoint: Checkpoint, reference: Reference) -> tuple[str, ...]:
    """Sentences that belong beside every result of the encoder."""
    if checkpoint.own:
        return ()
    return (
        *_small_stem(checkpoint, reference),
        *_supervised(checkpoint, reference),
        *_heads(checkpoint),
        *_half(checkpoint),
    )


def notes_about(checkpoint: Checkpoint, reference: Reference) -> tuple[str, ...]:
    """Sentences for whoever looks at the file: which choices were made and how to make others."""
    backbone, preset = checkpoint.backbone, checkpoint.preset
    notes = [checkpoint.undecided] if checkpoint.undecided else []
    others = [role for role in backbone.roles if role != backbone.role]
    if others:
        notes.append(f"The {backbone.role} weights are taken; `weights={others[0]}` takes the others.")
    if preset and "preset" not in reference.options:
        notes.append(f"The input is assumed as by `preset={preset.name}`. {preset.sentence}")
        notes += [backbone.codebase.note] if backbone.codebase.note else []
    if checkpoint.method == SEVERAL_CODES:
        notes.append("Barlow Twins and VICReg write the same names here: `method=` says which it was.")
    return (*notes, *_interpolated(checkpoint), *_counters(checkpoint, reference))


def _small_stem(checkpoint: Checkpoint, reference: Reference) -> tuple[str, ...]:
    if checkpoint.backbone.recognised or "preset" in reference.options or not is_small(checkpoint.shape):
        return ()
    texts = []
    if "normalize" not in reference.options:
        texts.append("The file does not say its normalisation: CIFAR-10's is assumed (`normalize=` overrides).")
    if not {"resize", "crop"} & set(reference.options):
        texts.append("The file does not say its input size: 32 pixels are assumed (`resize=`, `crop=` override).")
    if "padding" not in reference.options:
        texts.append(
            "The file does not say its stem's padding: 1 is assumed (solo-learn uses 2: `padding=2` overrides)."
        )
    return tuple(texts)


def _supervised(checkpoint: Checkpoint, reference: Reference) -> tuple[str, ...]:
    backbone = checkpoint.backbone
    method = reference.options.get("method", "unknown")
    # who names a preset knows the source; tables of published encoders do
    if backbone.recognised or method in NOT_SELF_SUPERVISED or "preset" in reference.options:
        return ()
    if len(backbone.heads) != 1 or backbone.classes != SUPERVISED_CLASSES:
        return ()
    return (
        f"The file looks like a supervised network, not like {method}: beside the backbone it holds only a classifier "
        f"of {SUPERVISED_CLASSES:,} classes (`{backbone.heads[0]}`). Check where it comes from.",
    )


def _heads(checkpoint: Checkpoint) -> tuple[str, ...]:
    shape, preset = checkpoint.shape, checkpoint.preset
    if not isinstance(shape, ViTShape) or preset is None:
        return ()
    known = preset.heads(shape.dim)
    if known in (None, shape.heads):
        return ()
    return (
        f"`heads={shape.heads}` replaces the {known} attention heads that `preset={preset.name}` gives a ViT of this "
        "width: wrong heads load without an error and give wrong representations.",
    )


def _half(checkpoint: Checkpoint) -> tuple[str, ...]:
    half = {tensor.dtype for tensor in checkpoint.tensors.values()} & {torch.float16, torch.bfloat16}
    if not half:
        return ()
    kind = str(next(iter(half))).removeprefix("torch.")
    return (f"The file holds {kind} weights; they are loaded as float32, with the digits that {kind} left.",)


def _interpolated(checkpoint: Checkpoint) -> tuple[str, ...]:
    if not isinstance(checkpoint.shape, ViTShape):
        return ()
    stored = stored_side(checkpoint.backbone.tensors)
    if stored == checkpoint.shape.side:
        return ()
    return (
        f"The position embedding was stored for {stored} pixels and is interpolated to {checkpoint.shape.side}, as "
        "timm does it.",
    )


def _counters(checkpoint: Checkpoint, reference: Reference) -> tuple[str, ...]:
    backbone = checkpoint.backbone
    plain = backbone.naming is TORCHVISION and not backbone.recognised and not checkpoint.own and "fc" in backbone.heads
    if not plain or "preset" in reference.options or any(key.endswith(COUNTER) for key in backbone.tensors):
        return ()
    return (
        "Batch norms without counters: torchvision before 2018, or BYOL converted by chigur, which needs "
        "`preset=byol-tf`.",
    )
