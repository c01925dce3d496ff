"""Looks at the instructions of a pickle without following them, so that none can ask for more than the file has."""

import io
import pickletools
from typing import BinaryIO

from qscore_core.encoders.reading.limits import Limits
from qscore_core.encoders.reading.refusal import Refusal, damaged, hostile

# registered extensions, text references and out-of-band memory: torch.save writes none of them
FORBIDDEN = frozenset(("EXT1", "EXT2", "EXT4", "PERSID", "BYTEARRAY8", "NEXT_BUFFER", "READONLY_BUFFER"))
MAX_LINE = 4096  # of the text instructions: names and numbers
MAX_INTEGER_BITS = 8 * 255


def take_pickle(file: BinaryIO, end: int, limits: Limits) -> bytes:
    """One whole pickle from where `file` stands; `end` is the first byte that is no longer the file's to give.

    Raises Refusal where it is cut off, too long, or has an instruction that no saved weights need.
    """
    start = file.tell()
    frame_end = start
    try:
        bounded = _Bounded(file, min(end, start + limits.pickle_bytes))
        for count, (operation, argument, _) in enumerate(pickletools.genops(bounded)):
            _check(operation.name, argument, limits)
            if operation.name == "FRAME":
                frame_end = max(frame_end, file.tell() + argument)
            if count >= limits.operations:
                raise hostile(f"has a pickle of more than {limits.operations:,} instructions")
    except Refusal:
        raise
    except Exception as error:  # a damaged pickle can fail in any way
        raise damaged(f"its pickle cannot be followed ({error})") from error
    length = file.tell() - start
    if frame_end > start + length:
        raise damaged("its pickle has a frame that is longer than itself")
    file.seek(start)
    return file.read(length)


def _check(name: str, argument: object, limits: Limits) -> None:
    if name in FORBIDDEN:
        raise hostile(f"has the pickle instruction {name}, which saved weights do not have")
    if isinstance(argument, int) and argument.bit_length() > MAX_INTEGER_BITS:
        raise hostile(f"has a whole number of {argument.bit_length():,} bits")
    if name in ("PUT", "BINPUT", "LONG_BINPUT") and isinstance(argument, int) and argument > limits.operations:
        raise hostile(f"has a pickle that remembers value number {argument:,}")


class _Bounded(io.RawIOBase):
    """A file that ends at `end`, and refuses a length before memory is taken for it."""

    def __init__(self, file: BinaryIO, end: int) -> None:
        self.file = file
        self.end = end

    def tell(self) -> int:
        return self.file.tell()

    def read(self, size: int = -1) -> bytes:
        left = self.end - self.file.tell()
        if not 0 <= size <= left:
            raise damaged(f"its pickle asks for {size:,} bytes where {left:,} are left")
        return self.file.read(size)

    def readline(self, size: int | None = -1) -> bytes:
        del size  # pickletools asks for whole lines
        line = self.file.readline(MAX_LINE)
        if not line.endswith(b"\n") or self.file.tell() > self.end:
            raise damaged("its pickle has a line without an end")
        return line
