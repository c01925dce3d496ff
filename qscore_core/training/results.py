"""What a finished run leaves: the encoder with its record, and the heads for later fine-tuning."""

from importlib.metadata import version
from typing import Any

import numpy as np
import safetensors.torch

from qscore_core.datasets.dataset import Dataset
from qscore_core.encoders.own_format import save_encoder
from qscore_core.training.files import RunFiles
from qscore_core.training.state import TrainingState
from qscore_core.training.task import Task
from qscore_core.workspace import write_atomic


def write_results(files: RunFiles, state: TrainingState, task: Task, dataset: Dataset) -> None:
    """Writes heads, then the encoder: whoever sees the encoder's file sees a finished run."""
    heads = {name: value.cpu().contiguous() for name, value in state.learner.objective.state_dict().items()}
    write_atomic(files.heads, safetensors.torch.save(heads))
    settings = task.settings
    save_encoder(
        files.encoder,
        state.learner.encoder,
        settings.network.shape,
        settings.network.transform,
        settings.method,
        training_record(state, task, dataset),
    )


def training_record(state: TrainingState, task: Task, dataset: Dataset) -> dict[str, Any]:
    """How the weights came to be. Holds no clock time: the same run gives the same bytes (times are in metrics.csv)."""
    record = {
        **task.record(),
        "data": {"ref": dataset.ref, "split": dataset.split, "images": len(dataset), "digest": dataset.digest},
        "steps": state.step,
        "computed_in": task.settings.precision_on(next(state.learner.parameters()).device),
        "final_terms": state.last_epoch,
        "versions": {name: version(name) for name in ("torch", "torchvision", "lightly")},
    }
    if dataset.ref == "habitats":
        record["thumbprint"] = habitats_thumbprint(dataset)
    return record


def habitats_thumbprint(dataset: Dataset) -> list[list[float]]:
    """Lets a later user notice that their machine draws other pictures than the encoder was trained on."""
    from qscore_core.datasets.habitats import thumbprint  # only Habitats runs need its painter

    return thumbprint(np.stack([np.asarray(dataset.source.image(row)) for row in range(min(32, len(dataset)))]))
