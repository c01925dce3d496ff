"""Weights as safetensors: a header in JSON, then the numbers; nothing in it can run."""

from pathlib import Path
from typing import Any, BinaryIO

import safetensors.torch
from safetensors import safe_open

from qscore_core.encoders.reading.limits import Limits
from qscore_core.encoders.reading.refusal import Refusal, damaged

LENGTH_BYTES = 8


def read_safetensors(path: Path, file: BinaryIO, limits: Limits) -> dict[str, Any]:
    """The tensors by name. Raises Refusal where the header is too long, or claims what the file does not hold."""
    length = int.from_bytes(file.read(LENGTH_BYTES), "little")
    if length > limits.header_bytes:
        raise Refusal(
            f"should have a safetensors header of at most {limits.header_bytes:,} bytes. Found {length:,}. "
            "It is damaged or hostile."
        )
    try:
        with safe_open(path, framework="pt") as opened:
            count = len(opened.keys())
        if count <= limits.tensors:
            return safetensors.torch.load_file(path)
    except Exception as error:  # a damaged file can fail in any way
        raise damaged(f"its safetensors header does not fit it ({error})") from error
    raise Refusal(f"should hold at most {limits.tensors:,} tensors. Found {count:,}.")
