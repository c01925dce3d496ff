"""Tells by content what a file is, so that the wrong file is named for what it is before anything opens it."""

import string
import zipfile
from enum import Enum
from pathlib import Path

from qscore_core.errors import EncoderError

HEAD_BYTES = 1024
EXPECTED = "Expected weights as .safetensors, or as .pth, .pt, .pth.tar or .ckpt written by torch.save."
LEGACY_TORCH = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # pickle of torch's magic number, before torch 1.6
UNPACK = "Unpack it and name the file inside."

# first bytes -> what a person calls such a file, and what to do
OTHER_KINDS: tuple[tuple[bytes, str, str], ...] = (
    (b"version https://git-lfs", "a Git LFS pointer, not the file itself", "Run `git lfs pull` where it came from."),
    (b"\x89PNG", "a PNG image", ""),
    (b"\xff\xd8\xff", "a JPEG image", ""),
    (b"GIF8", "a GIF image", ""),
    (b"%PDF", "a PDF document", ""),
    (b"\x1f\x8b", "a gzip archive", UNPACK),
    (b"BZh", "a bzip2 archive", UNPACK),
    (b"\xfd7zXZ", "an xz archive", UNPACK),
    (b"7z\xbc\xaf", "a 7z archive", UNPACK),
    (b"Rar!", "a RAR archive", UNPACK),
    (b"\x93NUMPY", "a numpy array", "Representations as an array come in with `import-features`."),
    (b"\x89HDF", "an HDF5 file (Keras?)", "Convert its weights to a PyTorch state dict first."),
    (b"\x80", "a plain Python pickle, which runs code when opened", "Save the weights as .safetensors instead."),
)


class FileKind(Enum):
    """The containers that are ever opened."""

    SAFETENSORS = "safetensors"
    TORCH_ZIP = "torch zip"
    TORCH_LEGACY = "torch legacy"


def kind_of(path: Path) -> FileKind:
    """Which container `path` is. Raises EncoderError, saying what the file is instead, for anything else."""
    head = _head(path)
    if len(head) > 8 and head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 2**32:
        return FileKind.SAFETENSORS
    if head.startswith(LEGACY_TORCH):
        return FileKind.TORCH_LEGACY
    if head.startswith(b"PK\x03\x04"):
        _check_zip(path)
        return FileKind.TORCH_ZIP
    found, advice = _describe(head)
    raise EncoderError(f"Encoder file `{path}` is {found}. {EXPECTED} {advice}".strip())


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise EncoderError(f"Encoder file `{path}` is a folder. {EXPECTED} Name the file inside it.")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except FileNotFoundError as error:
        raise EncoderError(f"Encoder file `{path}` does not exist. {EXPECTED}") from error
    except OSError as error:
        raise EncoderError(f"Encoder file `{path}` cannot be read: {error.strerror}.") from error
    if not head:
        raise EncoderError(f"Encoder file `{path}` is empty (0 bytes): the download did not happen. Fetch it again.")
    return head


def zip_entries(path: Path) -> list[zipfile.ZipInfo]:
    """The directory of a zip file. Raises EncoderError if it is cut off or damaged."""
    if not zipfile.is_zipfile(path):
        raise EncoderError(
            f"Encoder file `{path}` is cut off: its zip directory at the end is missing. "
            f"Found {path.stat().st_size:,} bytes. Download or copy it again."
        )
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.infolist()
    except Exception as error:  # a damaged directory can fail in any way
        raise EncoderError(
            f"Encoder file `{path}` has a damaged zip directory ({error}). Download or copy it again."
        ) from error


def _check_zip(path: Path) -> None:
    names = [entry.filename for entry in zip_entries(path)]
    if any(name.endswith("/constants.pkl") for name in names):
        raise EncoderError(
            f"Encoder file `{path}` is a TorchScript program, which is code. {EXPECTED} "
            "Save `module.state_dict()` with torch.save where you trust it."
        )
    if not any(name.endswith("/data.pkl") for name in names):
        raise EncoderError(
            f"Encoder file `{path}` is a zip archive that torch.save did not write "
            f"(it holds {len(names)} files, first `{names[0] if names else ''}`). {EXPECTED} {UNPACK}"
        )


def _describe(head: bytes) -> tuple[str, str]:
    for start, found, advice in OTHER_KINDS:
        if head.startswith(start):
            return found, advice
    if head[257:262] == b"ustar":
        return "a tar archive", UNPACK
    begin = head.lstrip().lower()
    if begin.startswith((b"<!doctype html", b"<html")) or b"<html" in begin:
        return (
            "an HTML page saved instead of the file",
            "Open the address in a browser (a login, a licence or a download limit may stand before it).",
        )
    text = head.decode("utf-8", errors="ignore")
    if text and all(character in string.printable or ord(character) > 127 for character in text):
        return f"text, beginning `{text.strip()[:40]}`", ""
    return f"of an unknown kind (first bytes {head[:8].hex(' ')})", ""
