"""The training loop, as an iterator of step reports: what to save, show or stop is up to who iterates."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor
from torchvision.transforms import functional as pictures

from qscore_core.encoders.transform import Transform
from qscore_core.objectives import Draws, ViewRecipe, make_view, view_draws
from qscore_core.processes import own_rows
from qscore_core.training.frames import Frames
from qscore_core.training.settings import TrainingSettings
from qscore_core.training.state import TrainingState
from qscore_core.training.step import Stepper, StepValues

ORDER_STREAM = 2  # keeps the order of pictures apart from every other use of the same seed


@dataclass(frozen=True)
class StepReport:
    """One finished step and the learning rate it used."""

    step: int
    values: StepValues
    learning_rate: float


def training_steps(
    state: TrainingState,
    frames: Frames,
    settings: TrainingSettings,
    fabric: Fabric,
    before_epoch: Callable[[int], None] = lambda epoch: None,  # noqa: ARG005
    micro_batch: int | None = None,
) -> Iterator[StepReport]:
    """Does the steps that are left, changing `state`, and reports each; `before_epoch` hears of each epoch's start.

    Raises NotFiniteError before the step that a term which is not finite would spoil.
    """
    stepper = Stepper(state.learner, state.optimizer, fabric, micro_batch)
    objective = state.learner.objective
    rows = own_rows(fabric, settings.batch_size)
    per_epoch = epoch_steps(len(frames), settings.batch_size)
    total = settings.epochs * per_epoch
    plan = batch_plan(len(frames), settings, state.step, total)
    for batch in frames.batches(numbers[rows] for numbers in plan):
        epoch, place = divmod(state.step, per_epoch)
        if place == 0:
            before_epoch(epoch)
        draws = view_draws(settings.seed, state.step, settings.batch_size, rows)
        views = make_views(fabric.to_device(batch), objective.views, settings.network.transform, draws)
        values = stepper.run(views, state.step + 1, epoch)
        learning_rate = state.schedule.get_last_lr()[0]
        state.schedule.step()
        state.step += 1
        objective.after_step(state.learner.encoder, state.step / total)
        yield StepReport(state.step, values, learning_rate)


def make_views(frames: Tensor, recipes: tuple[ViewRecipe, ...], transform: Transform, draws: Draws) -> list[Tensor]:
    """One normalised view a recipe, each float32 [image, 3, size, size] in channels-last memory.

    Channels-last is what convolutions are fastest in: on CPUs up to ten times for narrow bottlenecks.
    """
    views = [make_view(frames, recipe, draws) for recipe in recipes]
    return [
        pictures.normalize(view, transform.mean, transform.std).contiguous(memory_format=torch.channels_last)
        for view in views
    ]


def epoch_steps(images: int, batch_size: int) -> int:
    """Full batches in an epoch; the rest of the order waits for the next epoch's new order."""
    return images // batch_size


def batch_plan(images: int, settings: TrainingSettings, first_step: int, total: int) -> Iterator[list[int]]:
    """Picture numbers of each step from `first_step` on; an epoch's order follows from the seed and its number."""
    per_epoch = epoch_steps(images, settings.batch_size)
    order = np.empty(0, int)
    for step in range(first_step, total):
        epoch, place = divmod(step, per_epoch)
        if place == 0 or step == first_step:
            order = np.random.default_rng([settings.seed, epoch, ORDER_STREAM]).permutation(images)
        yield order[place * settings.batch_size : (place + 1) * settings.batch_size].tolist()
