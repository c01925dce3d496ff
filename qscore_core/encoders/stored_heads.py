"""Heads that were trained with an encoder, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import Tensor

PARTS = {"info_nce": "queue", "queues": "queue", "cross_entropy": "center"}
COUNTERS = {"steps", "queued"}


@dataclass(frozen=True, eq=False)
class StoredHeads:
    """The objective's state beside the encoder, and those of the objective's settings that are known."""

    method: str
    objective: Mapping[str, Any]
    tensors: Mapping[str, Tensor]

    @property
    def parts(self) -> tuple[str, ...]:
        """What it consists of: projector, predictor, prototypes, queue, momentum encoder, ..."""
        names = dict.fromkeys(key.split(".")[0] for key in self.tensors)
        return tuple(PARTS.get(name, name) for name in names if name not in COUNTERS)
