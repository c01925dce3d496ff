"""Optimizers and the learning-rate schedule by name."""

from typing import Any

from lightly.models.utils import get_weight_decay_parameters
from lightly.utils.lars import LARS
from lightly.utils.scheduler import CosineWarmupScheduler
from torch import nn
from torch.optim import SGD, AdamW, Optimizer

from qscore_core.training.learner import Learner
from qscore_core.training.settings import TrainingSettings

MOMENTUM = 0.9


def build_optimizer(learner: Learner, settings: TrainingSettings) -> Optimizer:
    """Weight decay applies to weights only, not to biases and normalisation (as in SimCLR and its successors)."""
    objective = learner.objective
    faster = {objective.get_submodule(name): factor for name, factor in objective.rate_factors.items()}
    rest = [module for module in (learner.encoder, *objective.children()) if module not in faster]
    groups = _groups(rest, settings, 1.0)
    for module, factor in faster.items():
        groups += _groups([module], settings, factor)
    if settings.optimizer == "lars":
        return LARS(groups, lr=settings.learning_rate, momentum=MOMENTUM)
    if settings.optimizer == "sgd":
        return SGD(groups, lr=settings.learning_rate, momentum=MOMENTUM)
    return AdamW(groups, lr=settings.learning_rate)


def _groups(modules: list[nn.Module], settings: TrainingSettings, factor: float) -> list[dict[str, Any]]:
    rate = settings.learning_rate * factor
    decayed, plain = get_weight_decay_parameters(modules)
    return [
        {"params": [p for p in decayed if p.requires_grad], "lr": rate, "weight_decay": settings.weight_decay},
        {"params": [p for p in plain if p.requires_grad], "lr": rate, "weight_decay": 0.0},
    ]


def build_schedule(optimizer: Optimizer, settings: TrainingSettings, epoch_steps: int) -> CosineWarmupScheduler:
    """Linear warm-up from near zero, then one cosine down to zero, step by step."""
    total = max(1, settings.epochs * epoch_steps)
    warmup = min(round(settings.warmup_epochs * epoch_steps), total - 1)
    return CosineWarmupScheduler(optimizer, warmup_epochs=warmup, max_epochs=total, end_value=0.0)
