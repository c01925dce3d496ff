"""The directory of a zip file, read so strictly that every program that opens it sees the same entries.

A zip can be read from its end or from its beginning, and hold comments, overlapping or compressed entries; torch.save
writes none of these.
"""

import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from qscore_core.encoders.reading.limits import Limits
from qscore_core.encoders.reading.refusal import Refusal, damaged, hostile

END = struct.Struct("<4s4H2LH")  # signature, disks, entries, size and offset of the directory, length of a comment
LOCATOR = struct.Struct("<4sLQL")  # of the 64-bit end record: signature, disk, offset, disks
END_64 = struct.Struct("<4sQ2H2L4Q")
LOCAL = struct.Struct("<4s5H3L2H")  # of one entry: signature, ..., length of its name and of its extra field
PLAIN_FLAGS = 0x0808  # sizes after the data, names in UTF-8


@dataclass(frozen=True)
class Entry:
    """Where the bytes of one file inside an archive lie."""

    start: int
    size: int


def read_directory(file: BinaryIO, limits: Limits) -> dict[str, Entry]:
    """Entries by name. Raises Refusal for an archive that is cut off or that torch.save cannot have written."""
    directory_start = _check_end(file, limits)
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    except Exception as error:  # a damaged directory can fail in any way
        raise damaged(f"its zip directory cannot be read ({error})") from error
    _check_names(infos)
    entries = {info.filename: _entry(file, info) for info in infos}
    _check_places(infos, entries, directory_start)
    return entries


def _check_end(file: BinaryIO, limits: Limits) -> int:
    """The offset of the directory, which must reach to the end records, and these to the end of the file."""
    size = file.seek(0, 2)
    tail_start = max(0, size - END.size - LOCATOR.size - END_64.size)
    file.seek(tail_start)
    tail = file.read()
    if size < END.size or not tail[-END.size :].startswith(b"PK\x05\x06") or not tail.endswith(b"\0\0"):
        raise Refusal(
            "is cut off: its zip directory at the end is missing, or something follows it. "
            f"Found {size:,} bytes. Download or copy it again."
        )
    _, _, _, _, count, length, offset, _ = END.unpack(tail[-END.size :])
    end = size - END.size
    locator = tail[-END.size - LOCATOR.size : -END.size]
    if locator.startswith(b"PK\x06\x07") and len(tail) == size - tail_start >= END.size + LOCATOR.size + END_64.size:
        end = size - len(tail)
        record = END_64.unpack(tail[: END_64.size])
        if LOCATOR.unpack(locator)[2] != end or record[0] != b"PK\x06\x06":
            raise damaged("its zip directory is not where it says")
        count, length, offset = record[7:]
    if offset + length != end:
        raise damaged("its zip directory is not where it says, or something stands before or behind it")
    if count > limits.tensors + 100 or length > limits.header_bytes:
        raise Refusal(f"should hold at most {limits.tensors:,} tensors. Found a zip directory of {count:,} entries.")
    return offset


def _check_names(infos: list[zipfile.ZipInfo]) -> None:
    names = [info.orig_filename for info in infos]
    for name in names:
        parts = name.rstrip("/").split("/")
        if not name.isprintable() or "\\" in name or ":" in name or {"", ".", ".."} & set(parts):
            raise hostile(f"is an archive with the odd path {name[:80]!r} in it")
    if len({name.casefold() for name in names}) < len(names):
        raise hostile("is an archive with two entries of the same name")


def _entry(file: BinaryIO, info: zipfile.ZipInfo) -> Entry:
    if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
        raise Refusal(
            f"has compressed entries (`{info.filename}` unpacks from {info.compress_size:,} to {info.file_size:,} "
            "bytes), which torch.save does not write. Unpack it, or save the weights again."
        )
    if info.flag_bits & ~PLAIN_FLAGS:
        raise Refusal(f"has encrypted or unusual entries (`{info.filename}`). Save the weights again without.")
    file.seek(info.header_offset)
    header = file.read(LOCAL.size)
    if len(header) < LOCAL.size or not header.startswith(b"PK\x03\x04"):
        raise damaged(f"its entry `{info.filename}` is not where its zip directory says")
    *_, name_length, extra_length = LOCAL.unpack(header)
    return Entry(info.header_offset + LOCAL.size + name_length + extra_length, info.file_size)


def _check_places(infos: list[zipfile.ZipInfo], entries: Mapping[str, Entry], directory_start: int) -> None:
    last = 0
    for info in sorted(infos, key=lambda info: info.header_offset):
        entry = entries[info.filename]
        if info.header_offset < last or (last == 0 and info.header_offset != 0):
            raise hostile("is an archive whose entries overlap or do not begin at its beginning")
        last = entry.start + entry.size
    if last > directory_start:
        raise damaged("its last entry reaches into its zip directory")
