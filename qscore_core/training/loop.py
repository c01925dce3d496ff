"""The training loop, as an iterator of step reports: what to save, show or stop is up to who iterates."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import Tensor
from torch.nn.functional import normalize
from torchvision.transforms import functional as pictures

from qscore_core.encoders.transform import Transform
from qscore_core.objectives import ViewRecipe, make_view, view_generator
from qscore_core.training.finite import finite_values
from qscore_core.training.frames import Frames
from qscore_core.training.settings import PretrainSettings
from qscore_core.training.state import TrainingState

ORDER_STREAM = 2  # keeps the order of pictures apart from every other use of the same seed


@dataclass(frozen=True)
class StepReport:
    """One finished step: the loss terms, the learning rate it used, and the spread of the unit representations.

    `spread` is the standard deviation of a unit row's entries over the batch times sqrt(feature): near 1 for a healthy
    encoder, 0 when all pictures get the same representation (collapse).
    """

    step: int
    terms: dict[str, float]
    learning_rate: float
    spread: float


def training_steps(
    state: TrainingState, frames: Frames, settings: PretrainSettings, fabric: Fabric
) -> Iterator[StepReport]:
    """Does the steps that are left, changing `state`, and reports each.

    Raises NotFiniteError before the step that a term which is not finite would spoil.
    """
    learner, optimizer = fabric.setup(state.learner, state.optimizer)
    objective = state.learner.objective
    total = settings.epochs * epoch_steps(len(frames), settings)
    for batch in frames.batches(batch_plan(len(frames), settings, state.step, total)):
        generator = view_generator(settings.seed, state.step)
        views = make_views(fabric.to_device(batch), objective.views, settings.network.transform, generator)
        terms, representations = learner(views)
        values = finite_values(terms, state.step + 1)
        optimizer.zero_grad()
        fabric.backward(sum(terms.values()))
        learning_rate = state.schedule.get_last_lr()[0]
        optimizer.step()
        state.schedule.step()
        state.step += 1
        objective.after_step(state.learner.encoder, state.step / total)
        yield StepReport(state.step, values, learning_rate, spread(representations[0].detach()))


def make_views(
    frames: Tensor, recipes: tuple[ViewRecipe, ...], transform: Transform, generator: np.random.Generator
) -> list[Tensor]:
    """One normalised view a recipe, each float32 [image, 3, size, size] in channels-last memory.

    Channels-last is what convolutions are fastest in: on CPUs up to ten times for narrow bottlenecks.
    """
    views = [make_view(frames, recipe, generator) for recipe in recipes]
    return [
        pictures.normalize(view, transform.mean, transform.std).contiguous(memory_format=torch.channels_last)
        for view in views
    ]


def epoch_steps(images: int, settings: PretrainSettings) -> int:
    """Full batches in an epoch; the rest of the order waits for the next epoch's new order."""
    return images // settings.batch_size


def batch_plan(images: int, settings: PretrainSettings, first_step: int, total: int) -> Iterator[list[int]]:
    """Picture numbers of each step from `first_step` on; an epoch's order follows from the seed and its number."""
    per_epoch = epoch_steps(images, settings)
    order = np.empty(0, int)
    for step in range(first_step, total):
        epoch, place = divmod(step, per_epoch)
        if place == 0 or step == first_step:
            order = np.random.default_rng([settings.seed, epoch, ORDER_STREAM]).permutation(images)
        yield order[place * settings.batch_size : (place + 1) * settings.batch_size].tolist()


def spread(representations: Tensor) -> float:
    """Standard deviation over the batch of each entry of the unit rows, averaged, times sqrt(feature)."""
    rows = normalize(representations.float(), dim=1)
    return float(rows.std(dim=0, correction=0).mean() * rows.shape[1] ** 0.5)
