"""Optimizers and the learning-rate schedule by name."""

from lightly.models.utils import get_weight_decay_parameters
from lightly.utils.lars import LARS
from lightly.utils.scheduler import CosineWarmupScheduler
from torch import nn
from torch.optim import AdamW, Optimizer

from qscore_core.training.settings import PretrainSettings


def build_optimizer(module: nn.Module, settings: PretrainSettings) -> Optimizer:
    """Weight decay applies to weights only, not to biases and normalisation (as in SimCLR and its successors)."""
    decayed, plain = get_weight_decay_parameters([module])
    groups = [
        {"params": [p for p in decayed if p.requires_grad], "weight_decay": settings.weight_decay},
        {"params": [p for p in plain if p.requires_grad], "weight_decay": 0.0},
    ]
    if settings.optimizer == "lars":
        return LARS(groups, lr=settings.learning_rate, momentum=0.9)
    return AdamW(groups, lr=settings.learning_rate)


def build_schedule(optimizer: Optimizer, settings: PretrainSettings, epoch_steps: int) -> CosineWarmupScheduler:
    """Linear warm-up from near zero, then one cosine down to zero, step by step."""
    total = max(1, settings.epochs * epoch_steps)
    warmup = min(round(settings.warmup_epochs * epoch_steps), total - 1)
    return CosineWarmupScheduler(optimizer, warmup_epochs=warmup, max_epochs=total, end_value=0.0)
