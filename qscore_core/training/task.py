"""What the loop is run for: pretraining and fine-tuning differ in where they start and in what they add."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from lightning_fabric import Fabric

from qscore_core.progress import OnProgress
from qscore_core.training.frames import Frames
from qscore_core.training.learner import Learner
from qscore_core.training.settings import TrainingSettings


@dataclass(frozen=True, eq=False)
class Work:
    """What a task may use while it is run: the learner as it stands, the pictures, and the processes at work."""

    learner: Learner
    frames: Frames
    fabric: Fabric
    on_progress: OnProgress


class Task(ABC):
    """One kind of run."""

    phase: str
    settings: TrainingSettings

    @property
    @abstractmethod
    def name(self) -> str:
        """The first part of the run's name."""

    @abstractmethod
    def identity(self) -> dict[str, Any]:
        """Everything that fixes the result beside the pictures, as JSON can hold it."""

    def record(self) -> dict[str, Any]:
        """What the encoder's file says of how it was made."""
        return {"settings": self.settings.as_dict()}

    @abstractmethod
    def build(self) -> Learner:
        """The learner before the first step; the same weights at every call."""

    def prepare(self, work: Work) -> None:  # noqa: B027
        """What has to happen once, before the first step; its result is part of the first checkpoint."""

    def before_epoch(self, work: Work, epoch: int) -> None:  # noqa: B027
        """What has to happen before an epoch's first step; `epoch` counts from 0."""
