"""Fine-tuning: an encoder continues its own objective, with or without the terms of equation 3."""

from dataclasses import dataclass
from typing import Any

from qscore_core.activation import require_reachable
from qscore_core.regulariser import QScoreRegulariser
from qscore_core.training.discriminative import find_discriminative
from qscore_core.training.finetune_settings import FinetuneSettings
from qscore_core.training.head_warmup import warm_up_heads
from qscore_core.training.learner import Learner
from qscore_core.training.settings import TrainingSettings
from qscore_core.training.starting_point import StartingPoint
from qscore_core.training.task import Task, Work


@dataclass(frozen=True, eq=False)
class Finetuning(Task):
    """See the module."""

    start: StartingPoint
    plan: FinetuneSettings
    phase = "fine-tuning"

    @property
    def settings(self) -> TrainingSettings:
        return self.plan.training

    @property
    def name(self) -> str:
        return f"{self.settings.method}-{self.plan.arm}"

    def identity(self) -> dict[str, Any]:
        return {**self.plan.as_dict(), "parent_fingerprint": self.start.fingerprint}

    def record(self) -> dict[str, Any]:
        lineage = {"ref": self.start.ref, "fingerprint": self.start.fingerprint}
        new_heads = self.start.heads is None
        return {"settings": self.plan.as_dict(), "parent": lineage, "arm": self.plan.arm, "new_heads": new_heads}

    def build(self) -> Learner:
        require_reachable(self.plan.features.epsilon, self.start.network.shape.dim)
        encoder, objective = self.start.learner_parts(self.settings.seed)
        regulariser = QScoreRegulariser(self.plan.weights, self.start.network.shape.dim, self.plan.features.epsilon)
        return Learner(encoder, objective, regulariser)

    def prepare(self, work: Work) -> None:
        self._find_features(work)
        if self.start.heads is None and self.plan.head_warmup_steps:
            warm_up_heads(work, self.settings, self.plan.head_warmup_steps)

    def before_epoch(self, work: Work, epoch: int) -> None:
        if self.plan.refresh_epochs and epoch and epoch % self.plan.refresh_epochs == 0:
            self._find_features(work)

    def _find_features(self, work: Work) -> None:
        found = find_discriminative(
            work.learner.encoder,
            work.frames,
            self.settings.network.transform,
            self.plan.features,
            work.fabric,
            work.on_progress,
        )
        work.learner.regulariser.set_discriminative(found.to(work.fabric.device))
