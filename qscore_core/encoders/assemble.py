"""From weights to a frozen `Encoder`, the last step of every scheme."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from qscore_core.encoders.encoder import Encoder
from qscore_core.encoders.resnet import ResNet, ResNetShape, arch_name
from qscore_core.encoders.strict import COUNTER
from qscore_core.encoders.transform import Transform
from qscore_core.workspace import digest_of


@dataclass(frozen=True, eq=False)
class Weights:
    """Everything a scheme found out about an encoder; `tensors` fill a ResNet of `shape` exactly."""

    tensors: Mapping[str, Tensor]
    shape: ResNetShape
    transform: Transform
    method: str
    source: str
    warnings: tuple[str, ...] = ()


def assemble(ref: str, weights: Weights, device: torch.device | str) -> Encoder:
    """A float32 encoder on `device`: eval mode, no gradients, channels last."""
    # on "meta" first: no time for random weights, and the caller's random state stays as it was
    with torch.device("meta"):
        network = ResNet(weights.shape)
    counters = {key: torch.tensor(0) for key in network.state_dict() if key.endswith(COUNTER)}
    network.to_empty(device="cpu").load_state_dict(counters | dict(weights.tensors))
    network.eval().requires_grad_(False)
    return Encoder(
        ref=ref,
        module=network.to(device=torch.device(device), memory_format=torch.channels_last),
        arch=arch_name(weights.shape),
        method=weights.method,
        dim=weights.shape.dim,
        transform=weights.transform,
        fingerprint=fingerprint(network.state_dict(), weights.shape, weights.transform),
        source=weights.source,
        warnings=weights.warnings,
    )


def fingerprint(tensors: Mapping[str, Tensor], shape: ResNetShape, transform: Transform) -> str:
    """20 hex digits over the bytes of the tensors, the shape and the transform; the same on every device."""
    hasher = hashlib.sha256(digest_of([shape, transform]).encode())
    for key in sorted(tensors):
        if not key.endswith(COUNTER):
            tensor = tensors[key].detach().cpu().contiguous()
            hasher.update(f"{key} {tensor.dtype} {list(tensor.shape)}".encode())
            hasher.update(tensor.numpy().tobytes())
    return hasher.hexdigest()[:20]
