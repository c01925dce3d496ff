"""Heads out of another codebase's checkpoint, where they are exactly what an objective here would build."""

import re
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import torch
from torch import Tensor

from qscore_core.encoders.checkpoint import Checkpoint
from qscore_core.encoders.head_parts import head_parts
from qscore_core.encoders.layouts.codebase import SEVERAL_CODES
from qscore_core.encoders.layouts.head_names import HEAD_NAMES
from qscore_core.encoders.networks import NetworkShape
from qscore_core.encoders.stored_heads import StoredHeads
from qscore_core.errors import SettingsError


def foreign_heads(checkpoint: Checkpoint, method: str) -> StoredHeads | None:
    """All that the objective of `method` keeps besides the encoder; None unless all of it is there and fits."""
    names = HEAD_NAMES.get(checkpoint.backbone.codebase.title)
    if names is None or checkpoint.method not in (method, SEVERAL_CODES):
        return None
    # Here, because only fine-tuning and reports need lightly, which takes seconds to import.
    from qscore_core.objectives import METHODS

    try:
        parts = head_parts(checkpoint, names, method)
        settings = _settings(method, parts)
        if settings is None or method not in METHODS or any(tensor.numel() == 0 for tensor in parts.values()):
            return None
        tensors = _fitted(parts, _expected(METHODS[method], settings, checkpoint.shape))
    except (IndexError, RuntimeError, SettingsError, ValueError):  # tensors of shapes that no head has
        return None
    return None if tensors is None else StoredHeads(method, settings, tensors)


def _settings(method: str, parts: Mapping[str, Tensor]) -> dict[str, Any] | None:
    """The objective's sizes, read from shapes."""
    weights = [tensor for key, tensor in parts.items() if re.match(r"projector\.layers\.\d+\.weight", key)]
    widths = [tensor.shape[0] for tensor in weights if tensor.ndim == 2]
    if not widths:
        return None
    match method:
        case "simsiam":
            hidden = parts.get("predictor.layers.0.weight")
            return None if hidden is None else {"output_dim": widths[-1], "predictor_hidden_dim": hidden.shape[0]}
        case "dino":
            last = parts.get("projector.last_layer.weight_v")
            norm = "projector.layers.1.running_mean" in parts
            sizes = {"hidden_dim": widths[0], "bottleneck_dim": widths[-1], "batch_norm": norm}
            return None if last is None else {**sizes, "output_dim": last.shape[0]}
    sizes = {"hidden_dim": widths[0], "output_dim": widths[-1]}
    if method == "swav" and "prototypes.heads.0.weight" in parts:
        return {**sizes, "prototypes": parts["prototypes.heads.0.weight"].shape[0], "queue_length": 0}
    if method == "moco" and "info_nce.memory_bank.bank" in parts:
        return {**sizes, "queue_length": parts["info_nce.memory_bank.bank"].shape[0]}
    return sizes


def _expected(objective: type, settings: Mapping[str, Any], shape: NetworkShape) -> dict[str, Tensor]:
    """Names and shapes of everything that the objective keeps; allocates nothing."""
    from qscore_core.objectives import ViewRecipe

    views = {field.name: ViewRecipe(size=32) for field in fields(objective) if field.name.endswith("view")}
    with torch.device("meta"):
        return dict(objective(**views, **settings).build(shape.build(), shape.dim).state_dict())


def _fitted(parts: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> dict[str, Tensor] | None:
    """The parts with what makes no difference brought to the expected form; None where anything else differs."""
    fitted = _biases_folded(parts, expected)
    for key, tensor in expected.items():
        counter = tensor.ndim == 0 and not tensor.is_floating_point()
        # a last layer without bias is one whose bias is 0
        if key not in fitted and (counter or (key.endswith(".bias") and f"{key[:-5]}.weight" in fitted)):
            fitted[key] = torch.zeros(tensor.shape, dtype=tensor.dtype)
    same_names = fitted.keys() == expected.keys()
    return fitted if same_names and all(fitted[key].shape == expected[key].shape for key in expected) else None


def _biases_folded(parts: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A bias in front of a batch norm only shifts the mean that the norm takes away."""
    folded = dict(parts)
    for key, bias in parts.items():
        layer = re.fullmatch(r"(.*\.layers\.)(\d+)\.bias", key)
        if layer and key not in expected:
            mean = f"{layer[1]}{int(layer[2]) + 1}.running_mean"
            if mean in folded and folded[mean].shape == bias.shape:
                folded[mean] = folded[mean] - bias
                del folded[key]
    return folded
