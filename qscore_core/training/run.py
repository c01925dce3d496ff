"""A run from its task to an encoder file: resumable, watched through files, stopped by a signal."""

import os
from collections.abc import Callable, Sized
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from lightning_fabric import Fabric

from qscore_core.datasets.dataset import Dataset
from qscore_core.devices import Hardware
from qscore_core.errors import SettingsError, TrainingStoppedError
from qscore_core.processes import lost_processes_told, make_fabric
from qscore_core.progress import OnProgress, silent
from qscore_core.status import StatusFile
from qscore_core.training.batch_norm import share_batch_statistics
from qscore_core.training.checkpoint import load_checkpoint
from qscore_core.training.claim import claim, run_name
from qscore_core.training.files import RunFiles, drop_rows_after
from qscore_core.training.frames import Frames, open_frames
from qscore_core.training.loop import epoch_steps, training_steps
from qscore_core.training.micro_batch import with_halved_micro_batches
from qscore_core.training.optimizers import build_optimizer, build_schedule
from qscore_core.training.recorder import Recorder, end_written, progress_meter
from qscore_core.training.results import write_results
from qscore_core.training.settings import TrainingSettings
from qscore_core.training.state import TrainingState
from qscore_core.training.stopping import stop_on_signal
from qscore_core.training.task import Task, Work
from qscore_core.workspace import Workspace

CPU = Hardware(torch.device("cpu"))


@dataclass(frozen=True)
class RunResult:
    """A finished run: its name in the workspace, the encoder's file, the epochs done and the device they ran on."""

    run: str
    encoder_path: Path
    epochs: int
    device: str


def run_task(
    task: Task,
    *,
    workspace: Workspace,
    dataset: Dataset,
    hardware: Hardware = CPU,
    on_progress: OnProgress = silent,
    run_id: str | None = None,
) -> RunResult:
    """Does a task, or goes on with the same run where it stopped; a finished run is returned as it is.

    The run's name follows from settings and data unless `run_id` gives one; its files are in `<workspace>/runs/<run>/`.
    Raises TrainingStoppedError after Ctrl-C or SIGTERM (resumable), TrainingError when a loss is no longer finite,
    SettingsError for settings that do not fit the data or the run, WorkspaceError when another process has this run,
    ProcessDiedError when one of several processes dies (resumable).
    """
    require_precision(task.settings, hardware.device)
    frames = frames_for(task.settings, dataset, workspace, on_progress)
    require_full_batches(task.settings, frames, hardware)
    files = RunFiles(workspace.artefact("runs", run_id or run_name(task, dataset)))
    fabric = make_fabric(hardware, task.settings.precision_on(hardware.device))
    with lost_processes_told(fabric.world_size):
        if fabric.is_global_zero:
            with workspace.lock(files.folder):
                claim(files, task, dataset)
                fabric.barrier()
                if not files.encoder.exists():
                    Leader(files, task, frames, dataset, fabric, on_progress).work()
        else:
            fabric.barrier()
            if not files.encoder.exists():
                _follow(files, task, frames, fabric)
    return RunResult(files.run, files.encoder, task.settings.epochs, str(fabric.device))


def build_state(task: Task, steps: int, fabric: Fabric) -> TrainingState:
    """The state before the first step; `steps` is the number of steps an epoch."""
    learner = task.build().to(fabric.device, memory_format=torch.channels_last)
    share_batch_statistics(learner.encoder, learner.objective, fabric)
    optimizer = build_optimizer(learner, task.settings)
    return TrainingState(learner, optimizer, build_schedule(optimizer, task.settings, steps))


@dataclass(frozen=True, eq=False)
class Leader:
    """The process that writes the run's files; the only one, or the first of several."""

    files: RunFiles
    task: Task
    frames: Frames
    dataset: Dataset
    fabric: Fabric
    on_progress: OnProgress

    def work(self) -> None:
        """One process alone can use smaller micro-batches where the device's memory runs out."""
        if self.fabric.world_size == 1:
            with_halved_micro_batches(self.train, self.task.settings)
        else:
            self.train(self.task.settings.micro_batch)

    def train(self, micro_batch: int | None) -> None:
        """From the last checkpoint, if there is one, to the encoder's file."""
        settings, files = self.task.settings, self.files
        per_epoch = epoch_steps(len(self.frames), settings.batch_size)
        total = settings.epochs * per_epoch
        status = StatusFile(files.status, run=files.run)
        told = lost_processes_told(self.fabric.world_size)
        with end_written(status, files, settings.learning_rate), told, stop_on_signal() as asked:
            status.write("running")
            fresh = not files.checkpoint.exists()
            state = _state_at_last_checkpoint(files, self.task, per_epoch, self.fabric)
            recorder = Recorder(files, state, self.fabric, per_epoch, total)
            work = Work(state.learner, self.frames, self.fabric, self.on_progress)
            if fresh:
                self.task.prepare(work)
                recorder.save()
            drop_rows_after(files.metrics, state.step)
            done = state.step * settings.batch_size
            meter = progress_meter(self.task.phase, status, self.on_progress, total * settings.batch_size, done)
            for report in training_steps(
                state, self.frames, settings, self.fabric, partial(self.task.before_epoch, work), micro_batch
            ):
                recorder.record(report)
                meter.update(report.step * settings.batch_size)
                if _stop_together(self.fabric, asked) and report.step < total:
                    recorder.stop()
            write_results(files, state, self.task, self.dataset)


def _follow(files: RunFiles, task: Task, frames: Frames, fabric: Fabric) -> None:
    """The same steps as the leader's, without a word."""
    settings, per_epoch = task.settings, epoch_steps(len(frames), task.settings.batch_size)
    fresh = not files.checkpoint.exists()
    state = _state_at_last_checkpoint(files, task, per_epoch, fabric)
    work = Work(state.learner, frames, fabric, silent)
    if fresh:
        task.prepare(work)
    with stop_on_signal() as asked:
        hook = partial(task.before_epoch, work)
        for report in training_steps(state, frames, settings, fabric, hook, settings.micro_batch):
            if _stop_together(fabric, asked) and report.step < settings.epochs * per_epoch:
                raise TrainingStoppedError(f"Run `{files.run}` was stopped.")


def _state_at_last_checkpoint(files: RunFiles, task: Task, per_epoch: int, fabric: Fabric) -> TrainingState:
    state = build_state(task, per_epoch, fabric)
    if files.checkpoint.exists():
        load_checkpoint(files.checkpoint, state, fabric)
    fabric.barrier()  # nobody writes a checkpoint before everybody has looked for one
    return state


def _stop_together(fabric: Fabric, asked: Callable[[], bool]) -> bool:
    """Whether any process was asked to stop: none may leave the others waiting for its rows."""
    if fabric.world_size == 1:
        return asked()
    return bool(fabric.all_reduce(torch.tensor(float(asked()), device=fabric.device), reduce_op="sum") > 0)


def frames_for(settings: TrainingSettings, dataset: Dataset, workspace: Workspace, on_progress: OnProgress) -> Frames:
    """The pictures of a split at the size that views are cut from."""
    side = settings.network.transform.resize
    return open_frames(dataset, side, workspace=workspace, workers=_decoders(), on_progress=on_progress)


def require_full_batches(settings: TrainingSettings, frames: Sized, hardware: Hardware) -> None:
    if settings.batch_size > len(frames):
        raise SettingsError(
            f"`batch_size` should be at most the number of pictures. Found {settings.batch_size} for {len(frames)} "
            f"pictures in `{settings.dataset}`, split `{settings.split}`."
        )
    if settings.batch_size % hardware.processes:
        raise SettingsError(
            f"`batch_size` should be a multiple of the number of processes. Found {settings.batch_size} for "
            f"{hardware.processes} processes."
        )


def require_precision(settings: TrainingSettings, device: torch.device) -> None:
    if settings.precision == "16-mixed" and device.type == "cpu":
        raise SettingsError("`precision` 16-mixed needs a GPU. Use `bf16-mixed` or `32-true` on the CPU.")


def _decoders() -> int:
    """Worker processes that read pictures."""
    cores = os.cpu_count() or 1
    return 0 if cores == 1 else min(8, cores)
