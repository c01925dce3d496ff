"""What a model metric is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Source = TypeVar("Source")


@dataclass(frozen=True)
class ModelMetric(Generic[Source]):
    """A metric: its key in JSON, its title for a person, what it says, where it comes from, and how it is had."""

    key: str
    title: str
    meaning: str
    source: str
    value: Callable[[Source], float]
