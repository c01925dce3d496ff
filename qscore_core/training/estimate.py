"""What a run will take, from a few of its own steps."""

import resource
import sys
import time
from dataclasses import dataclass, replace

import torch
from lightning_fabric import Fabric

from qscore_core.datasets.dataset import Dataset
from qscore_core.devices import Hardware
from qscore_core.processes import make_fabric
from qscore_core.progress import Meter, OnProgress
from qscore_core.training.finetune_settings import FinetuneRecipe
from qscore_core.training.loop import epoch_steps, training_steps
from qscore_core.training.run import build_state, frames_for, require_full_batches, require_precision
from qscore_core.training.task import Task
from qscore_core.workspace import Workspace

STEPS = 4  # the first one, which also prepares, is left out


@dataclass(frozen=True)
class Estimate:
    """`seconds` for all `steps` of the run on `device`, `memory` in bytes at the most so far."""

    device: str
    steps: int
    seconds_per_step: float
    seconds: float
    memory: int


def estimate(
    task: Task, workspace: Workspace, dataset: Dataset, hardware: Hardware, on_progress: OnProgress
) -> Estimate:
    """Does a few steps on a learner of its own and throws it away: no file of the run is touched."""
    require_precision(task.settings, hardware.device)
    frames = frames_for(task.settings, dataset, workspace, on_progress)
    require_full_batches(task.settings, frames, hardware)
    fabric = make_fabric(replace(hardware, devices=1, nodes=1), task.settings.precision_on(hardware.device))
    per_epoch = epoch_steps(len(frames), task.settings.batch_size)
    _forget_peak(fabric)
    state = build_state(task, per_epoch, fabric)
    meter = Meter("measuring a few steps", STEPS, on_progress)
    started = time.perf_counter()
    steps = training_steps(state, frames, task.settings, fabric, micro_batch=task.settings.micro_batch)
    for count, _ in zip(range(1, STEPS + 1), steps, strict=False):
        meter.update(count)
        if count == 1:
            started = time.perf_counter()
    seconds = (time.perf_counter() - started) / (STEPS - 1)
    total = task.settings.epochs * per_epoch
    return Estimate(str(fabric.device), total, seconds, seconds * total, _peak_memory(fabric))


def arm_seconds(recipe: FinetuneRecipe, images: int, seconds_per_image: float) -> float:
    """What an arm of a recipe takes at a speed that was measured with other settings."""
    return recipe.steps(images) * recipe.batch_size * seconds_per_image


def _forget_peak(fabric: Fabric) -> None:
    # what was measured or extracted before in this process does not count; the CPU's peak cannot be set back
    if fabric.device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(fabric.device)


def _peak_memory(fabric: Fabric) -> int:
    if fabric.device.type == "cuda":
        return torch.cuda.max_memory_allocated(fabric.device)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024  # bytes there, KiB elsewhere
