"""What a pickle claims, found by following it once without making a single tensor.

torch takes the memory that a file claims before it looks at the bytes, and its own safe reader lets a file call
functions that can be made to run for hours. So every file is first read with nothing behind it, and checked.
"""

import io
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch

from qscore_core.encoders.reading import inert_pickle
from qscore_core.encoders.reading.content import Inert
from qscore_core.encoders.reading.limits import Limits
from qscore_core.encoders.reading.refusal import Refusal, damaged, hostile

MAX_AXES = 64


@dataclass(frozen=True)
class StorageClaim:
    """A run of `count` numbers that the pickle says the file holds under `key`."""

    key: str
    dtype: torch.dtype
    count: int

    @property
    def bytes(self) -> int:
        return self.count * self.dtype.itemsize


@dataclass(frozen=True)
class Survey:
    """What the pickle asks for: storages by key, and the names that nothing here follows."""

    value: Any
    storages: Mapping[str, StorageClaim]
    refused: tuple[str, ...]
    protocol: int


def survey(pickled: bytes, limits: Limits) -> Survey:
    """Follows a pickle on claims alone. Raises Refusal where it is damaged or asks for more than the limits."""
    surveyor = _Surveyor(pickled, limits)
    try:
        value = surveyor.load()
    except Refusal:
        raise
    except Exception as error:  # a damaged pickle can fail in any way
        raise damaged(f"its pickle cannot be followed ({type(error).__name__}: {str(error)[:100]})") from error
    return Survey(value, surveyor.storages, tuple(surveyor.refused), surveyor.proto)


class _Surveyor(inert_pickle.Unpickler):
    def __init__(self, pickled: bytes, limits: Limits) -> None:
        super().__init__(io.BytesIO(pickled), encoding="utf-8")
        self.limits = limits
        self.storages: dict[str, StorageClaim] = {}
        self.refused: dict[str, None] = {}
        self.effort = self.tensors = self.bytes = 0

    def refuse(self, name: str) -> Inert:
        self.refused[name] = None
        if len(self.refused) > self.limits.names:
            raise hostile(f"names more than {self.limits.names:,} Python objects")
        return Inert(name)

    def charge(self, effort: int) -> None:
        self.effort += effort
        if self.effort > self.limits.operations:
            raise hostile("has a pickle that copies the same values over and over")

    def persistent_load(self, identity: Any) -> StorageClaim:
        match identity:
            case ("storage", torch.dtype() as dtype, str(key), str(), int(count), *view) if count >= 0:
                claim = StorageClaim(key, dtype, count)
            case _:
                raise damaged("a tensor's numbers in it are not described as torch does")
        if self.storages.setdefault(key, claim) != claim:
            raise hostile("describes the same numbers in two ways")
        return _view(claim, view[0]) if view and view[0] is not None else claim

    def rebuild(self, storage: Any, offset: Any, shape: Any, stride: Any) -> Any:
        if not isinstance(storage, StorageClaim) or not _whole((offset,)) or not (_whole(shape) and _whole(stride)):
            raise damaged("a tensor in it is not described as torch does")
        if len(shape) != len(stride) or len(shape) > MAX_AXES:
            raise damaged(f"a tensor in it has {len(shape)} axes and {len(stride)} strides")
        last = offset + sum((side - 1) * step for side, step in zip(shape, stride, strict=True))
        if 0 not in shape and last >= storage.count:
            raise hostile(
                f"claims a tensor of shape {_short(shape)}, which reaches beyond the {storage.count:,} numbers it has"
            )
        self._count(math.prod(shape) * storage.dtype.itemsize, shape)
        return _TENSOR

    def rebuild_parameter(self, tensor: Any, *rest: Any) -> Any:
        if tensor is not _TENSOR or (rest and not isinstance(rest[0], bool)):
            raise damaged("a parameter in it is no tensor")
        for state in rest[2:]:
            self._attributes(state, "torch._utils._rebuild_parameter_with_state")
        return tensor

    def rebuild_from_type(self, function: Any, kind: Any, arguments: Any, state: Any) -> Any:
        self._attributes(state, "torch._tensor._rebuild_from_type_v2")
        return super().rebuild_from_type(function, kind, arguments, state)

    def _attributes(self, state: Any, name: str) -> None:
        # torch's own reader sets each of these as an attribute of the tensor
        if not isinstance(state, dict) or any(not isinstance(key, str) or hasattr(torch.Tensor, key) for key in state):
            self.refuse(name)
        else:
            self.charge(len(state))

    def _count(self, size: int, shape: tuple[int, ...]) -> None:
        self.tensors += 1
        self.bytes += size
        if self.tensors > self.limits.tensors:
            raise Refusal(f"should hold at most {self.limits.tensors:,} tensors. Found more.")
        # Strides of 0 let a few bytes claim terabytes, which any later copy would try to allocate.
        if self.bytes > self.limits.file_bytes:
            raise hostile(f"claims tensors (one of shape {_short(shape)}) of more bytes than the file may have")


class _Tensor:
    """Stands for every tensor while claims are checked."""


_TENSOR = _Tensor()


def _view(claim: StorageClaim, view: Any) -> StorageClaim:
    match view:
        case (_, int(offset), int(count)) if offset >= 0 and count >= 0 and offset + count <= claim.count:
            return StorageClaim(claim.key, claim.dtype, count)
    raise hostile("claims a part of its numbers that is not there")


def _whole(values: Any) -> bool:
    return isinstance(values, tuple | list) and all(type(value) is int and value >= 0 for value in values)


def _short(shape: tuple[int, ...]) -> str:
    text = str(list(shape))
    return text if len(text) < 80 else f"{text[:80]}..."
