"""From weights to a frozen `Encoder`, the last step of every scheme."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from qscore_core.encoders.encoder import Encoder
from qscore_core.encoders.layouts import ONLINE
from qscore_core.encoders.networks import NetworkShape
from qscore_core.encoders.strict import COUNTER
from qscore_core.encoders.transform import Transform
from qscore_core.workspace import digest_of


@dataclass(frozen=True, eq=False)
class Weights:
    """Everything a scheme found out about an encoder; `tensors` fill a network of `shape` exactly."""

    tensors: Mapping[str, Tensor]
    shape: NetworkShape
    transform: Transform
    method: str
    source: str
    warnings: tuple[str, ...] = ()
    role: str = ONLINE


def assemble(ref: str, weights: Weights, device: torch.device | str) -> Encoder:
    """A float32 encoder on `device`: eval mode, no gradients, channels last."""
    # on "meta" first: no time for random weights, and the caller's random state stays as it was
    with torch.device("meta"):
        network = weights.shape.build()
    counters = {key: torch.tensor(0) for key in network.state_dict() if key.endswith(COUNTER)}
    network.to_empty(device="cpu").load_state_dict(counters | dict(weights.tensors))
    network.eval().requires_grad_(False)
    return Encoder(
        ref=ref,
        module=network.to(device=torch.device(device), memory_format=torch.channels_last),
        arch=weights.shape.name,
        method=weights.method,
        dim=weights.shape.dim,
        transform=weights.transform,
        fingerprint=fingerprint(network.state_dict(), weights.shape, weights.transform),
        source=weights.source,
        warnings=weights.warnings,
        role=weights.role,
    )


def fingerprint(tensors: Mapping[str, Tensor], shape: NetworkShape | str, transform: Transform) -> str:
    """20 hex digits over the bytes of the tensors, the shape and the transform; the same on every device.

    `shape` is a name for networks that a library builds.
    """
    hasher = hashlib.sha256(digest_of([shape, transform]).encode())
    for key in sorted(tensors):
        if not key.endswith(COUNTER):
            tensor = tensors[key].detach().cpu().contiguous()
            hasher.update(f"{key} {tensor.dtype} {list(tensor.shape)}".encode())
            hasher.update(tensor.numpy().tobytes())
    return hasher.hexdigest()[:20]
