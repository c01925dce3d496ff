"""Pretraining: an objective alone, from random weights that follow from the seed."""

from dataclasses import dataclass
from typing import Any

import torch

from qscore_core.encoders.networks.resnet import build_resnet
from qscore_core.training.learner import Learner
from qscore_core.training.settings import TrainingSettings
from qscore_core.training.task import Task


@dataclass(frozen=True)
class Pretraining(Task):
    """See the module."""

    settings: TrainingSettings
    phase = "pretraining"

    @property
    def name(self) -> str:
        return self.settings.method

    def identity(self) -> dict[str, Any]:
        return self.settings.as_dict()

    def build(self) -> Learner:
        encoder = build_resnet(self.settings.network.shape, self.settings.seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.settings.seed)
            objective = self.settings.objective.build(encoder, self.settings.network.shape.dim)
        return Learner(encoder, objective, regulariser=None)
