"""Tells by content what a file is, so that the wrong file is named for what it is before anything opens it.

The first bytes decide, and alone: a file that is two things at once is what it begins as, or nothing.
"""

import re
import stat
import tarfile
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from qscore_core.encoders.reading.refusal import Refusal, hostile, told
from qscore_core.encoders.reading.wrong_files import EXPECTED, describe, shard

HEAD_BYTES = 1024
# pickle of torch's magic number, before torch 1.6; newer protocols of pickle put a frame around it
LEGACY_TORCH = re.compile(rb"\x80[\x02-\x05](\x95.{8})?\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19\.", re.DOTALL)
TAR_BYTES = 512


class FileKind(Enum):
    """The containers that are ever opened."""

    SAFETENSORS = "safetensors"
    TORCH_ZIP = "torch zip"
    TORCH_LEGACY = "torch legacy"


def kind_of(path: Path) -> FileKind:
    """Which container `path` begins as. Raises EncoderError, saying what the file is instead, for anything else."""
    try:
        with open_file(path) as file:
            return kind_in(file, path)
    except Refusal as refusal:
        raise told(path, refusal) from refusal


def open_file(path: Path) -> BinaryIO:
    """The file, opened. Raises Refusal where it is no plain file (a pipe or a device could be read for ever)."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise Refusal(f"is a folder. {EXPECTED} Name the file inside it.")
        if not stat.S_ISREG(mode):
            raise Refusal(f"is a device or a pipe. {EXPECTED} Name a plain file.")
        return path.open("rb")
    except FileNotFoundError as error:
        raise Refusal(f"does not exist. {EXPECTED}") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a null byte
        raise Refusal(f"cannot be read: {getattr(error, 'strerror', error)}.") from error


def kind_in(file: BinaryIO, path: Path) -> FileKind:
    """As `kind_of`, of an open file; `path` helps to explain."""
    head = file.read(HEAD_BYTES)
    if not head:
        raise Refusal("is empty (0 bytes): the download did not happen. Fetch it again.")
    part = shard(path)
    if part:
        raise Refusal(part)
    if head.startswith(b"PK\x03\x04"):
        return FileKind.TORCH_ZIP
    if LEGACY_TORCH.match(head):
        if _is_tar(head):  # torch would unpack it
            raise hostile("is a torch file and a tar archive at once")
        return FileKind.TORCH_LEGACY
    if len(head) > 8 and head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 2**32:
        return FileKind.SAFETENSORS
    raise Refusal(describe(head, path.name))


def _is_tar(head: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(head[:TAR_BYTES], "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True
