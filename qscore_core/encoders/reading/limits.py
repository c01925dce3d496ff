"""What a stranger's file may hold at most."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """A ResNet-50 with optimizer states and two networks has 0.5 GB, 1,500 tensors and a table of contents of 0.5 MB.

    `file_bytes` holds for the file, for what it unpacks to and for all its tensors written out; `pickle_bytes` and
    `operations` for the program of a pickle; `header_bytes` for the directory of a zip or the header of safetensors.
    """

    file_bytes: int = 8 * 2**30
    tensors: int = 20_000
    pickle_bytes: int = 128 * 2**20
    header_bytes: int = 16 * 2**20
    operations: int = 1_000_000
    names: int = 1_000
    depth: int = 32
