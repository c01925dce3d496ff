"""Opens a stranger's weights without running a stranger's code.

Only two readers exist here: safetensors, and torch.load with weights_only=True. What they refuse stays closed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from qscore_core.encoders.file_kind import FileKind, kind_of, zip_entries
from qscore_core.errors import EncoderError

MAX_DEPTH = 20


@dataclass(frozen=True)
class Limits:
    """What a file may hold at most. ResNet-50 with optimizer states and two networks has 0.5 GB and 1,500 tensors."""

    file_bytes: int = 8 * 2**30
    tensors: int = 20_000


def read_checkpoint(path: Path, limits: Limits | None = None) -> dict[str, Any]:
    """The content of a weights file: a flat dict of tensors, or the nested dict that torch.save got. On the CPU.

    Raises EncoderError for any file that is too large, damaged, not a weights file, or not safe to open.
    """
    limits = limits or Limits()
    kind = kind_of(path)
    _check_size(path, kind, limits)
    content = _read_safetensors(path) if kind is FileKind.SAFETENSORS else _read_torch(path)
    if not isinstance(content, Mapping):
        raise EncoderError(
            f"Encoder file `{path}` should hold a dict of tensors. Found {_a_kind(content)}. "
            "Save `network.state_dict()`."
        )
    _check_tensors(path, content, limits)
    return dict(content)


def _check_size(path: Path, kind: FileKind, limits: Limits) -> None:
    size = path.stat().st_size
    if kind is FileKind.TORCH_ZIP:
        size = max(size, sum(entry.file_size for entry in zip_entries(path)))
    if size > limits.file_bytes:
        raise EncoderError(
            f"Encoder file `{path}` should unpack to at most {limits.file_bytes / 1e9:.1f} GB. "
            f"Found {size / 1e9:.1f} GB. Save only the backbone's weights."
        )


def _read_safetensors(path: Path) -> dict[str, Tensor]:
    try:
        return safetensors.torch.load_file(path)
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise EncoderError(
            f"Encoder file `{path}` is a damaged or cut-off safetensors file ({error}). Download or copy it again."
        ) from error


def _read_torch(path: Path) -> Any:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    # A damaged file can make the reader fail in any way, so every failure is a statement about the file.
    except Exception as error:
        refused = re.search(r"GLOBAL ([\w.]+)", str(error))
        if refused:
            raise EncoderError(
                f"Encoder file `{path}` holds a Python object `{refused[1]}` that could run code when opened, so it "
                "stays closed. Where you trust the file, save only its tensors: torch.save(network.state_dict(), ...)."
            ) from error
        raise EncoderError(
            f"Encoder file `{path}` is damaged or cut off: torch.load cannot read it ({_first_line(error)}). "
            "Download or copy it again."
        ) from error


def _first_line(error: Exception) -> str:
    # torch wraps its reason in advice to read the file unsafely, which nobody should follow here
    lines = str(error).partition("WeightsUnpickler error:")[2] or str(error)
    return (lines.strip().splitlines() or [type(error).__name__])[0][:120]


def _check_tensors(path: Path, content: Mapping[str, Any], limits: Limits) -> None:
    for count, tensor in enumerate(walk_tensors(content), start=1):
        # Strides of 0 let a small file claim terabytes, which any later copy would try to allocate.
        if tensor.numel() * tensor.element_size() > limits.file_bytes:
            raise EncoderError(
                f"Encoder file `{path}` claims a tensor of shape {list(tensor.shape)}, "
                "larger than the file may be. It is damaged or hostile."
            )
        if count > limits.tensors:
            raise EncoderError(f"Encoder file `{path}` should hold at most {limits.tensors:,} tensors. Found more.")


def walk_tensors(value: Any, depth: int = 0) -> Iterator[Tensor]:
    """Every tensor in nested dicts, lists and tuples, to a depth that no real checkpoint exceeds."""
    if isinstance(value, Tensor):
        yield value
    elif depth < MAX_DEPTH and isinstance(value, Mapping | list | tuple):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from walk_tensors(item, depth + 1)


def _a_kind(value: Any) -> str:
    return "a single tensor" if isinstance(value, Tensor) else f"a value of type `{type(value).__name__}`"
