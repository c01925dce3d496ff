"""Heads that were trained with an encoder: projector, predictor, prototypes, queue, momentum encoder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError
from torch import Tensor

from qscore_core.encoders.encoder import Encoder
from qscore_core.encoders.own_format import read_own_metadata
from qscore_core.errors import EncoderError

RUN_HEADS = "heads.safetensors"


@dataclass(frozen=True, eq=False)
class StoredHeads:
    """The objective's state beside the encoder, and the settings that the objective was built from."""

    method: str
    objective: Mapping[str, Any]
    tensors: Mapping[str, Tensor]


def stored_heads(encoder: Encoder) -> StoredHeads | None:
    """What the encoder's training left beside its file; None where there is nothing."""
    path = Path(encoder.source)
    own = read_own_metadata(path) if path.is_file() else None
    file = next((place for place in _places(path) if place.is_file()), None)
    if own is None or file is None:
        return None
    try:
        tensors = safetensors.torch.load_file(file)
    except SafetensorError as error:
        raise EncoderError(f"Heads `{file}` should be a safetensors file. It cannot be read ({error}).") from error
    return StoredHeads(own.method, own.record["settings"]["objective"], tensors)


def _places(encoder_file: Path) -> tuple[Path, ...]:
    """Beside the encoder of a run; in a folder of their own for the built-in encoders."""
    return encoder_file.with_name(RUN_HEADS), encoder_file.parent / "heads" / encoder_file.name
