"""A pretraining run from settings to an encoder file: resumable, watched through files, stopped by a signal."""

import os
from dataclasses import dataclass
from pathlib import Path

import torch
from lightning_fabric import Fabric

from qscore_core.datasets.dataset import Dataset
from qscore_core.encoders.resnet import build_resnet
from qscore_core.errors import SettingsError
from qscore_core.progress import OnProgress, silent
from qscore_core.training.checkpoint import load_checkpoint
from qscore_core.training.files import RunFiles, StatusFile, drop_rows_after
from qscore_core.training.frames import Frames, open_frames
from qscore_core.training.learner import Learner
from qscore_core.training.loop import epoch_steps, training_steps
from qscore_core.training.optimizers import build_optimizer, build_schedule
from qscore_core.training.recorder import Recorder, end_written, progress_meter
from qscore_core.training.results import write_results
from qscore_core.training.settings import PretrainSettings
from qscore_core.training.state import TrainingState
from qscore_core.training.stopping import stop_on_signal
from qscore_core.workspace import Workspace, digest_of, read_json, write_json


@dataclass(frozen=True)
class RunResult:
    """A finished run: its name in the workspace, the encoder's file, the epochs done and the device they ran on."""

    run: str
    encoder_path: Path
    epochs: int
    device: str


def pretrain(
    settings: PretrainSettings,
    *,
    workspace: Workspace,
    dataset: Dataset,
    device: torch.device | str = "cpu",
    on_progress: OnProgress = silent,
    run_id: str | None = None,
) -> RunResult:
    """Trains an encoder, or goes on with the same run where it stopped; a finished run is returned as it is.

    The run's name follows from settings and data unless `run_id` gives one; its files are in `<workspace>/runs/<run>/`.
    Raises TrainingStoppedError after Ctrl-C or SIGTERM (resumable), TrainingError when a loss is no longer finite,
    SettingsError for settings that do not fit the data or the run, WorkspaceError when another process has this run.
    """
    device = torch.device(device)
    _require_precision(settings, device)
    side = settings.network.transform.resize
    frames = open_frames(dataset, side, workspace=workspace, workers=_decoders(), on_progress=on_progress)
    _require_full_batch(settings, frames)
    files = RunFiles(workspace.artefact("runs", run_id or run_name(settings, dataset)))
    with workspace.lock(files.folder):
        _claim(files, settings, dataset)
        if not files.encoder.exists():
            _train(files, settings, frames, dataset, device, on_progress)
    return RunResult(files.run, files.encoder, settings.epochs, str(device))


def run_name(settings: PretrainSettings, dataset: Dataset) -> str:
    """Follows from settings and data, so that the same command finds its run again."""
    scheme = dataset.ref.partition(":")[0]
    return f"{settings.method}-{scheme}-{digest_of(_identity(settings, dataset))[:8]}"


def build_state(settings: PretrainSettings, steps: int, device: torch.device) -> TrainingState:
    """The state before the first step; `steps` is the number of steps an epoch. Random weights follow from the seed."""
    encoder = build_resnet(settings.network.shape, settings.seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        objective = settings.objective.build(settings.network.shape.dim)
    learner = Learner(encoder, objective).to(device, memory_format=torch.channels_last)
    optimizer = build_optimizer(learner, settings)
    return TrainingState(learner, optimizer, build_schedule(optimizer, settings, steps))


def _train(
    files: RunFiles,
    settings: PretrainSettings,
    frames: Frames,
    dataset: Dataset,
    device: torch.device,
    on_progress: OnProgress,
) -> None:
    fabric = make_fabric(device, settings.precision)
    per_epoch = epoch_steps(len(frames), settings)
    total = settings.epochs * per_epoch
    state = build_state(settings, per_epoch, fabric.device)
    if files.checkpoint.exists():
        load_checkpoint(files.checkpoint, state, fabric)
    drop_rows_after(files.metrics, state.step)
    status = StatusFile(files.status, files.run)
    meter = progress_meter(status, on_progress, total * settings.batch_size, state.step * settings.batch_size)
    recorder = Recorder(files, state, fabric, per_epoch, total)
    with end_written(status, files, settings.learning_rate), stop_on_signal() as stop:
        status.write("running")
        for report in training_steps(state, frames, settings, fabric):
            recorder.record(report)
            meter.update(report.step * settings.batch_size)
            if stop() and report.step < total:
                recorder.stop()
        write_results(files, state, settings, dataset)


def make_fabric(device: torch.device, precision: str) -> Fabric:
    devices = [device.index or 0] if device.type == "cuda" else 1
    return Fabric(accelerator=device.type, devices=devices, precision=precision)


def _claim(files: RunFiles, settings: PretrainSettings, dataset: Dataset) -> None:
    """Ties the run's folder to settings and data. Raises SettingsError when it belongs to others."""
    identity = _identity(settings, dataset)
    if not files.settings.exists():
        write_json(files.settings, identity)
        return
    found = _flat(read_json(files.settings))
    for name, value in _flat(identity).items():
        if found.get(name) != value:
            raise SettingsError(
                f"Run `{files.run}` was started with `{name}` = {found.get(name)}. Found {value}. "
                "Resume it with the settings that it was started with, or start a new run."
            )


def _identity(settings: PretrainSettings, dataset: Dataset) -> dict[str, object]:
    return {**settings.as_dict(), "data": dataset.digest}


def _flat(tree: dict[str, object], prefix: str = "") -> dict[str, object]:
    """`{"a": {"b": 1}}` -> `{"a.b": 1}`; tuples become lists, as JSON has them."""
    flat: dict[str, object] = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = list(value) if isinstance(value, tuple) else value
    return flat


def _require_full_batch(settings: PretrainSettings, frames: Frames) -> None:
    if settings.batch_size > len(frames):
        raise SettingsError(
            f"`batch_size` should be at most the number of pictures. Found {settings.batch_size} for {len(frames)} "
            f"pictures in `{settings.dataset}`, split `{settings.split}`."
        )


def _require_precision(settings: PretrainSettings, device: torch.device) -> None:
    if settings.precision == "16-mixed" and device.type == "cpu":
        raise SettingsError("`precision` 16-mixed needs a GPU. Use `bf16-mixed` or `32-true` on the CPU.")


def _decoders() -> int:
    """Worker processes that read pictures."""
    cores = os.cpu_count() or 1
    return 0 if cores == 1 else min(8, cores)
