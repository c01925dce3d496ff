"""What was read from a file: plain values, tensors, and inert stand-ins for everything else."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from qscore_core.encoders.reading.limits import Limits
from qscore_core.encoders.reading.refusal import Refusal, hostile, readable


@dataclass(frozen=True, eq=False)
class Inert:
    """Stands where the file has an object of the class or function `name`; does nothing and holds nothing."""

    name: str


@dataclass(frozen=True, eq=False)
class Content:
    """The dict that the file holds, of dict, list, tuple, str, int, float, bool, None, Tensor (CPU) and `Inert`.

    `refused` names what was replaced by `Inert`; `reader` is `safetensors`, `weights_only` or `inert`.
    """

    entries: dict[str, Any]
    refused: tuple[str, ...]
    reader: str


def plain_entries(value: Any, limits: Limits) -> dict[str, Any]:
    """What a reader returned, made plain. Raises Refusal for anything but a dict, or one too large or too deep."""
    if not isinstance(value, dict):
        found = "a single tensor" if isinstance(value, Tensor) else f"a value of type `{_type_name(value)}`"
        raise Refusal(f"should hold a dict of tensors. Found {found}. Save `network.state_dict()`.")
    return _Copy(limits).of(value, 0)


class _Copy:
    """Copies nested values, counting them: ten lists of ten lists of ten lists may share one small list."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.values = 0

    def of(self, value: Any, depth: int) -> Any:
        self.values += 1
        if self.values > self.limits.operations:
            raise hostile(f"should hold at most {self.limits.operations:,} values. Found more")
        if depth > self.limits.depth:
            raise hostile(f"should be nested at most {self.limits.depth} deep. Found more, or a value inside itself")
        match value:
            case Tensor():
                return value.detach()  # neither hooks nor attributes that the file may have set
            case None | bool() | int() | float() | Inert():
                return value
            case str():
                return readable(value)
            case dict():
                # not value.items(): an OrderedDict may carry attributes of its own
                return {self._key(key): self.of(item, depth + 1) for key, item in dict.items(value)}
            case list():
                return [self.of(item, depth + 1) for item in value]
            case tuple():
                return tuple(self.of(item, depth + 1) for item in value)
            case set():
                return tuple(sorted((self.of(item, depth + 1) for item in value), key=str))
            case torch.dtype() | torch.device() | torch.layout():
                return str(value)
        return Inert(_type_name(value))

    def _key(self, key: Any) -> Any:
        return readable(key) if isinstance(key, str) else key


def _type_name(value: Any) -> str:
    return value.name if isinstance(value, Inert) else type(value).__name__
