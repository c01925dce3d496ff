"""Everything of a run that changes from step to step."""

from dataclasses import asdict, dataclass, field
from typing import Any

from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from qscore_core.training.learner import Learner


@dataclass
class Sums:
    """Sums of what several steps reported; part of a checkpoint, so that means survive a resume."""

    totals: dict[str, float] = field(default_factory=dict)
    steps: int = 0

    def add(self, values: dict[str, float]) -> None:
        for name, value in values.items():
            self.totals[name] = self.totals.get(name, 0.0) + value
        self.steps += 1

    def means(self) -> dict[str, float]:
        return {name: total / self.steps for name, total in self.totals.items()}


@dataclass
class TrainingState:
    """`step` counts finished steps; view and order randomness follow from it and the seed alone.

    `epoch` and `row` belong to the current epoch and row of metrics, `last_epoch` holds the means of the last whole
    epoch.
    """

    learner: Learner
    optimizer: Optimizer
    schedule: LRScheduler
    step: int = 0
    epoch: Sums = field(default_factory=Sums)
    row: Sums = field(default_factory=Sums)
    last_epoch: dict[str, float] = field(default_factory=dict)

    def state_dict(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "epoch": asdict(self.epoch),
            "row": asdict(self.row),
            "last_epoch": self.last_epoch,
            "learner": self.learner.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
        }

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        self.step = saved["step"]
        self.epoch, self.row = Sums(**saved["epoch"]), Sums(**saved["row"])
        self.last_epoch = saved["last_epoch"]
        self.learner.load_state_dict(saved["learner"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.schedule.load_state_dict(saved["schedule"])
