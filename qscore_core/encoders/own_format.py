"""The file that training writes: safetensors with torchvision's key names, everything else in its header.

A state dict alone leaves strides, padding, input size and normalisation open; here the header's `qscore` entry states
them, so that such a file needs no guess and no option.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open

from qscore_core.encoders.networks.resnet import ResNet, ResNetShape, Stem
from qscore_core.encoders.transform import MAX_PIXELS, Transform
from qscore_core.errors import EncoderError
from qscore_core.workspace import write_atomic

FORMAT = 1
HEADER_KEY = "qscore"


@dataclass(frozen=True)
class OwnMetadata:
    """What the header says: network, input, the SSL method by name, and how the weights came to be (`record`)."""

    shape: ResNetShape
    transform: Transform
    method: str
    record: dict[str, Any]


def save_encoder(
    path: Path,
    network: ResNet,
    shape: ResNetShape,
    transform: Transform,
    method: str,
    record: dict[str, Any],
    *,
    dtype: torch.dtype = torch.float16,
) -> None:
    """Writes the weights atomically; `record` may hold anything JSON can.

    Convolutions are stored as `dtype`. Batch-norm parameters and statistics stay float32: they are a thousandth of the
    bytes, and a running variance below 6e-8 would become zero in float16.
    """
    tensors = {
        key: tensor.detach().cpu().to(dtype if tensor.ndim > 1 else tensor.dtype).contiguous()
        for key, tensor in network.state_dict().items()
    }
    header = {
        "format": FORMAT,
        "shape": asdict(shape),
        "transform": asdict(transform),
        "method": method,
        "record": record,
    }
    text = json.dumps(header, sort_keys=True)
    write_atomic(path, safetensors.torch.save(tensors, metadata={HEADER_KEY: text}))


def read_own_metadata(path: Path) -> OwnMetadata | None:
    """The header of a file that `save_encoder` wrote; None for any other file. Raises EncoderError if it is damaged."""
    try:
        with safe_open(path, framework="pt") as file:
            text = (file.metadata() or {}).get(HEADER_KEY)
    except (SafetensorError, OSError):
        return None
    return None if text is None else _parse(text, path)


def _parse(text: str, path: Path) -> OwnMetadata:
    try:
        header = json.loads(text)
        if header["format"] != FORMAT:
            raise EncoderError(
                f"Encoder `{path}` has format {header['format']}; this version reads format {FORMAT}. "
                "Update Q-Score Lab to read it."
            )
        shape = header["shape"]
        return OwnMetadata(
            ResNetShape(**{**_tuples(shape), "stem": Stem(**shape["stem"])}),
            _checked(Transform(**_tuples(header["transform"]))),
            str(header["method"]),
            dict(header["record"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EncoderError(
            f"Encoder `{path}` has a damaged `{HEADER_KEY}` header ({error!r}). Train or export it again."
        ) from error


def _checked(transform: Transform) -> Transform:
    if not all(isinstance(side, int) and 0 < side <= MAX_PIXELS for side in (transform.resize, transform.crop)):
        raise ValueError(f"resize {transform.resize}, crop {transform.crop}")
    if len(transform.mean) != 3 or len(transform.std) != 3 or not all(std > 0 for std in transform.std):
        raise ValueError(f"mean {transform.mean}, std {transform.std}")
    return transform


def _tuples(fields: dict[str, Any]) -> dict[str, Any]:
    # JSON knows lists only; the values here are hashable
    return {key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()}
