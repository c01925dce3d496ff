"""Opens a stranger's weights without running a stranger's code.

Three readers, and nothing else ever: safetensors; torch.load with weights_only=True; and, where that refuses a name in
the file, torch.load with `inert_pickle` in the place of Python's pickle.
"""

import pickle
from pathlib import Path
from typing import Any, BinaryIO

import torch

from qscore_core.encoders.reading import inert_pickle
from qscore_core.encoders.reading.content import Content, plain_entries
from qscore_core.encoders.reading.file_kind import FileKind, kind_in, open_file
from qscore_core.encoders.reading.limits import Limits
from qscore_core.encoders.reading.refusal import Refusal, damaged, told
from qscore_core.encoders.reading.safetensors_file import read_safetensors
from qscore_core.encoders.reading.torch_file import survey_legacy, survey_zip

TORCH_PROTOCOLS = (0, 2)  # of pickle, which torch's own safe reader follows


def read_checkpoint(path: Path, limits: Limits | None = None) -> Content:
    """The content of a weights file, on the CPU, as plain values.

    Raises EncoderError for any file that is too large, damaged, hostile, or not a weights file.
    """
    limits = limits or Limits()
    try:
        with open_file(path) as file:
            return _read(path, file, limits)
    except Refusal as refusal:
        raise told(path, refusal) from refusal


def _read(path: Path, file: BinaryIO, limits: Limits) -> Content:
    kind = kind_in(file, path)
    size = file.seek(0, 2)
    if size > limits.file_bytes:
        raise Refusal(
            f"should have at most {limits.file_bytes / 1e9:.1f} GB. Found {size / 1e9:.1f} GB. "
            "Save only the backbone's weights."
        )
    file.seek(0)
    if kind is FileKind.SAFETENSORS:
        return Content(plain_entries(read_safetensors(path, file, limits), limits), (), "safetensors")
    survey = (survey_zip if kind is FileKind.TORCH_ZIP else survey_legacy)(file, limits)
    try:
        value = _weights_only(file) if not survey.refused and survey.protocol in TORCH_PROTOCOLS else None
        reader = "inert" if value is None else "weights_only"
        value = _inert(file) if value is None else value
    except Exception as error:  # a damaged file can make torch fail in any way
        raise damaged(f"torch.load cannot read it ({_first_line(error)})") from error
    return Content(plain_entries(value, limits), survey.refused, reader)


def _weights_only(file: BinaryIO) -> Any:
    """None where torch's own safe reader does not follow the pickle."""
    file.seek(0)
    try:
        return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        return None


def _inert(file: BinaryIO) -> Any:
    file.seek(0)
    return torch.load(file, map_location="cpu", weights_only=False, pickle_module=inert_pickle)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
