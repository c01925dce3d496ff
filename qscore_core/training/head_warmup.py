"""New heads on a frozen encoder: at the rates of fine-tuning, a random head's gradient would only be noise to it."""

import numpy as np
import torch
from torch.optim import AdamW

from qscore_core.objectives import view_draws
from qscore_core.objectives.draws import WARMUP_STREAM
from qscore_core.objectives.momentum import MomentumEncoder
from qscore_core.processes import average_gradients, gather_rows, own_rows
from qscore_core.progress import Meter
from qscore_core.training.finite import finite_values
from qscore_core.training.loop import make_views
from qscore_core.training.settings import TrainingSettings
from qscore_core.training.task import Work

LEARNING_RATE = 1e-3  # what new heads of this size take well; the run's own rate is for trained weights


def warm_up_heads(work: Work, settings: TrainingSettings, steps: int) -> None:
    """Trains the objective's heads for `steps` steps; the encoder and its momentum copy stay as they are."""
    learner, fabric = work.learner, work.fabric
    objective = learner.objective
    optimizer = AdamW([value for value in objective.parameters() if value.requires_grad], lr=LEARNING_RATE)
    frozen = [learner.encoder, *(part for part in objective.modules() if isinstance(part, MomentumEncoder))]
    for module in frozen:
        module.eval()
    rows = own_rows(fabric, settings.batch_size)
    meter = Meter("warming up heads", steps, work.on_progress)
    for step, batch in enumerate(work.frames.batches(_plan(len(work.frames), settings, steps, rows))):
        draws = view_draws(settings.seed, step, settings.batch_size, rows, WARMUP_STREAM)
        views = make_views(fabric.to_device(batch), objective.views, settings.network.transform, draws)
        with torch.no_grad(), fabric.autocast():
            representations = [gather_rows(fabric, learner.encoder(view).float()) for view in views]
            targets = [gather_rows(fabric, target) for target in objective.targets(views)]
        with fabric.autocast():
            terms = objective.terms(representations, targets)
        finite_values(terms, step + 1)
        optimizer.zero_grad()
        sum(terms.values()).backward()
        average_gradients(fabric, objective)
        optimizer.step()
        objective.after_step(learner.encoder, step / steps)
        meter.update(step + 1)
    for module in frozen:
        module.train()


def _plan(images: int, settings: TrainingSettings, steps: int, rows: slice) -> list[list[int]]:
    generator = np.random.default_rng([settings.seed, WARMUP_STREAM])
    return [generator.permutation(images)[: settings.batch_size][rows].tolist() for _ in range(steps)]
