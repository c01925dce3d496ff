"""From a recipe to the run of one arm: what encoder and data decide is filled in, and checked before the start."""

import torch

from qscore_core.activation import FeatureSettings, require_reachable
from qscore_core.datasets.dataset import Dataset
from qscore_core.devices import Hardware
from qscore_core.errors import SettingsError
from qscore_core.regulariser import Weights
from qscore_core.training.finetune_settings import FinetuneRecipe, FinetuneSettings
from qscore_core.training.finetuning import Finetuning
from qscore_core.training.run import require_full_batches, require_precision
from qscore_core.training.settings import TrainingSettings
from qscore_core.training.starting_point import StartingPoint


def plan_arm(
    start: StartingPoint,
    data: Dataset,
    recipe: FinetuneRecipe,
    arm: str,
    weights: Weights,
    *,
    seed: int = 0,
    micro_batch: int | None = None,
) -> Finetuning:
    """The run that a recipe means for this encoder and these pictures; 10 and 10.0 epochs of warm-up mean the same run.

    Raises SettingsError for a value out of its range, and for an epsilon of `auto`, which only representations resolve.
    """
    if recipe.epsilon == "auto":
        raise SettingsError("`epsilon` should be a number by now: `auto` is resolved on representations.")
    training = TrainingSettings(
        dataset=data.ref,
        objective=start.objective,
        network=start.network,
        split=data.split,
        epochs=recipe.epochs,
        batch_size=recipe.batch_size,
        optimizer=recipe.optimizer,
        learning_rate=float(recipe.learning_rate),
        weight_decay=float(recipe.weight_decay),
        warmup_epochs=float(recipe.warmup_epochs),
        seed=seed,
        precision=recipe.precision,
        micro_batch=micro_batch,
    )
    features = FeatureSettings(float(recipe.epsilon), float(recipe.lower), float(recipe.upper))
    plan = FinetuneSettings(
        start.ref, arm, weights, features, training, recipe.refresh_epochs, recipe.head_warmup_steps
    )
    return Finetuning(start, plan)


def require_startable(task: Finetuning, data: Dataset, device: torch.device) -> None:
    """Refuses beforehand what the run would refuse: no epoch, too few pictures, a precision or epsilon out of reach.

    Raises SettingsError or RepresentationError, as the run does.
    """
    if task.settings.epochs < 1:
        raise SettingsError(f"`epochs` should be at least 1. Found {task.settings.epochs}.")
    require_precision(task.settings, device)
    require_full_batches(task.settings, data, Hardware(device))
    require_reachable(task.plan.features.epsilon, task.start.network.shape.dim)
