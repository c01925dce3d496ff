"""One file in a codebase's layout, with the networks that were written into it."""

from dataclasses import dataclass
from typing import Any

from torch import nn


@dataclass(frozen=True, eq=False)
class Written:
    """`taken` is the network that loads by default, `other` the one in the other role."""

    content: dict[str, Any]
    taken: nn.Module
    title: str
    method: str
    other: nn.Module | None = None
    options: str = ""
    preset: str = "imagenet"
    role: str = "online"
    side: int = 64
