"""What a signal is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qscore_core.signals.evidence import Evidence

PAPER = "arXiv 2203.01881"
OWN = "this tool"


def always(_: Evidence) -> bool:
    return True


@dataclass(frozen=True)
class Signal:
    """A signal: its key in JSON, its title for a person, what it says, where it comes from, and how it is had.

    `family` groups signals of one kind; `offered` says whether the evidence at hand allows it.
    """

    key: str
    title: str
    meaning: str
    source: str
    values: Callable[[Evidence], np.ndarray]
    family: str = "activity"
    offered: Callable[[Evidence], bool] = always

    @property
    def uses_labels(self) -> bool:
        return self.family == "labels"

    @property
    def name(self) -> str:
        """The title, marked where the signal is no rival because it has seen labels."""
        return f"{self.title} (uses labels)" if self.uses_labels else self.title
