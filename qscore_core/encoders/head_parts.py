"""The heads in another codebase's checkpoint, under the names that this program's objectives give theirs."""

import re
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from qscore_core.encoders.checkpoint import Checkpoint
from qscore_core.encoders.layouts import MOMENTUM, Backbone, find_backbone
from qscore_core.encoders.layouts.head_names import HeadNames
from qscore_core.encoders.layouts.walk import name_of, plain, tensor_dicts

FOLLOWERS = {"moco", "byol", "dino"}
QUEUE_SEED = 0
MAX_WIDTH = 8192  # of a projector's output, so that a hostile file cannot ask for a queue of any size


def head_parts(checkpoint: Checkpoint, names: HeadNames, method: str) -> dict[str, Tensor]:
    """The heads under the names of this program's objectives."""
    content, backbone = checkpoint.content.entries, checkpoint.backbone
    follower = _follower(content, backbone, checkpoint.name) if method in FOLLOWERS else None
    projector = names.momentum_projector if backbone.role == MOMENTUM and names.momentum_projector else names.projector
    parts = _under("projector.", content, backbone, projector)
    if follower is not None:
        parts |= {f"momentum_encoder.encoder.{key}": tensor for key, tensor in follower.tensors.items()}
        parts |= _under("momentum_projector.", content, follower, names.momentum_projector)
    parts |= _under("predictor.", content, backbone, names.predictor) if method in ("byol", "simsiam") else {}
    match method:
        case "swav":
            parts |= _prototypes(content, backbone, names)
        case "moco":
            parts |= _queue(_named(content, names.queue), parts)
        case "dino" if (center := _named(content, names.center)) is not None:
            parts["cross_entropy.center"] = center.reshape(1, 1, -1)
    return {key: tensor.float() if tensor.is_floating_point() else tensor for key, tensor in parts.items()}


def _follower(content: Mapping[str, Any], backbone: Backbone, name: str) -> Backbone | None:
    return find_backbone(content, name, MOMENTUM) if MOMENTUM in backbone.roles else None


def _under(part: str, content: Mapping[str, Any], backbone: Backbone, prefixes: tuple[str, ...]) -> dict[str, Tensor]:
    """What stands under the first prefix that is there, its layers numbered as lightly's heads number them."""
    tensors = next(found for place, found in tensor_dicts(content) if place == backbone.place)
    plainly = {plain(key): tensor for key, tensor in tensors.items()}
    for prefix in prefixes:
        found = {key.removeprefix(prefix): tensor for key, tensor in plainly.items() if key.startswith(prefix)}
        if found:
            return {part + re.sub(r"^(?:layers\.|mlp\.)?(\d+\.)", r"layers.\1", key): found[key] for key in found}
    return {}


def _prototypes(content: Mapping[str, Any], backbone: Backbone, names: HeadNames) -> dict[str, Tensor]:
    """One weight matrix; solo-learn keeps its length and direction apart (weight norm). A bias has no place here."""
    found = _under("", content, backbone, names.prototypes)
    weight = found.get("weight", found.get("heads.0.weight"))
    if weight is None and {"weight_g", "weight_v"} <= found.keys():
        weight = found["weight_g"] * normalize(found["weight_v"], dim=1)
    if weight is None or found.get("heads.0.bias", torch.zeros(1)).any():
        return {}
    return {"prototypes.heads.0.weight": weight}


def _queue(queue: Tensor | None, parts: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Keys in rows. Without a queue in the file it starts from noise, as MoCo itself does."""
    # Here, because only fine-tuning and reports need lightly, which takes seconds to import.
    from qscore_core.objectives import MoCoSettings

    last = parts.get("projector.layers.2.weight")
    if queue is None and last is not None and last.shape[0] <= MAX_WIDTH:
        generator = torch.Generator().manual_seed(QUEUE_SEED)
        queue = normalize(torch.randn(MoCoSettings.queue_length, last.shape[0], generator=generator), dim=1).T
    if queue is not None and queue.ndim == 3:
        queue = queue[0]  # solo-learn has one for each view
    if queue is None or queue.ndim != 2:
        return {}
    bank = {"bank": queue.T.contiguous(), "bank_ptr": torch.zeros(1, dtype=torch.long)}
    return {f"info_nce.memory_bank.{key}": tensor for key, tensor in bank.items()}


def _named(content: Mapping[str, Any], names: tuple[str, ...]) -> Tensor | None:
    for place, tensors in tensor_dicts(content):
        for key, tensor in tensors.items():
            if name_of(place, key) in names:
                return tensor
    return None
