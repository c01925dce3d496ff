"""Heads that were trained with an encoder: projector, predictor, prototypes, queue, momentum encoder."""

from pathlib import Path

import safetensors.torch
from safetensors import SafetensorError

from qscore_core.encoders.checkpoint import Checkpoint, open_checkpoint
from qscore_core.encoders.encoder import Encoder
from qscore_core.encoders.foreign_heads import foreign_heads
from qscore_core.encoders.own_format import OwnMetadata, read_own_metadata
from qscore_core.encoders.stored_heads import StoredHeads
from qscore_core.errors import EncoderError
from qscore_core.references import Reference

RUN_HEADS = "heads.safetensors"


def stored_heads(encoder: Encoder, method: str | None = None) -> StoredHeads | None:
    """What the encoder's training left in its file or beside it; None where there is nothing that fits.

    `method` decides where a file's names fit several methods.
    """
    path = Path(encoder.source)
    if not path.is_file():
        return None
    own = read_own_metadata(path)
    if own is not None:
        return _beside(path, own)
    reference = Reference("file", str(path), {"weights": encoder.role, "method": encoder.method})
    return foreign_heads(open_checkpoint(path, reference), method or encoder.method)


def heads_of(checkpoint: Checkpoint) -> StoredHeads | None:
    """The same for a file that was only read."""
    if checkpoint.own is not None:
        return _beside(Path(checkpoint.name), checkpoint.own)
    return foreign_heads(checkpoint, checkpoint.method)


def _beside(path: Path, own: OwnMetadata) -> StoredHeads | None:
    file = next((place for place in _places(path) if place.is_file()), None)
    if file is None:
        return None
    try:
        tensors = safetensors.torch.load_file(file)
    except SafetensorError as error:
        raise EncoderError(f"Heads `{file}` should be a safetensors file. It cannot be read ({error}).") from error
    return StoredHeads(own.method, own.record["settings"]["objective"], tensors)


def _places(encoder_file: Path) -> tuple[Path, ...]:
    """Beside the encoder of a run; in a folder of their own for the built-in encoders."""
    return encoder_file.with_name(RUN_HEADS), encoder_file.parent / "heads" / encoder_file.name
