"""Turns the loop's reports into a run's files: rows of metrics, checkpoints, progress and how it ended."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from lightning_fabric import Fabric

from qscore_core.errors import TrainingError, TrainingStoppedError
from qscore_core.progress import Meter, OnProgress, Progress
from qscore_core.status import StatusFile
from qscore_core.training.checkpoint import save_checkpoint
from qscore_core.training.files import RunFiles, append_row
from qscore_core.training.finite import NotFiniteError
from qscore_core.training.loop import StepReport
from qscore_core.training.state import Sums, TrainingState

CHECKPOINT_SECONDS = 60.0
"""A killed run loses at most about this much work, and never a finished epoch."""

ROWS = 40
"""A run's metrics have at least so many rows: one an epoch, or more where a run has few epochs."""


class Recorder:
    """Writes what happens in a run of `total_steps` steps, `epoch_steps` of them an epoch."""

    def __init__(
        self, files: RunFiles, state: TrainingState, fabric: Fabric, epoch_steps: int, total_steps: int
    ) -> None:
        self.files, self.state, self.fabric = files, state, fabric
        self.epoch_steps, self.total_steps = epoch_steps, total_steps
        self.row_steps = max(1, min(epoch_steps, total_steps // ROWS))
        self.saved_at = self.row_started = time.monotonic()

    def record(self, report: StepReport) -> None:
        """After every step: adds to the means, writes a row and saves when it is time."""
        values = report.values
        norms = {f"gradient_{name}": norm for name, norm in values.gradients.items()}
        state = self.state
        for sums in (state.row, state.epoch):
            sums.add(values.terms | norms | values.watched)
        epoch_over = report.step % self.epoch_steps == 0
        if epoch_over:
            state.last_epoch, state.epoch = state.epoch.means(), Sums()
        if epoch_over or report.step % self.row_steps == 0:
            self._write_row(report)
        if epoch_over or time.monotonic() - self.saved_at > CHECKPOINT_SECONDS:
            self.save()

    def save(self) -> None:
        save_checkpoint(self.files.checkpoint, self.state, self.fabric)
        self.saved_at = time.monotonic()

    def stop(self) -> None:
        """Keeps what was done and ends the run for now."""
        self.save()
        raise TrainingStoppedError(
            f"Run `{self.files.run}` was stopped after step {self.state.step:,} of {self.total_steps:,}. "
            "The same command goes on from there."
        )

    def _write_row(self, report: StepReport) -> None:
        """Means since the row before; `epoch` counts parts of epochs too."""
        now = time.monotonic()
        row = {"epoch": f"{report.step / self.epoch_steps:.6g}", "step": report.step}
        row |= {name: f"{value:.6g}" for name, value in self.state.row.means().items()}
        row |= {"learning_rate": f"{report.learning_rate:.6g}", "seconds": f"{now - self.row_started:.2f}"}
        append_row(self.files.metrics, row)
        self.state.row = Sums()
        self.row_started = now


def progress_meter(phase: str, status: StatusFile, listener: OnProgress, total: int, start_at: int) -> Meter:
    """Counts pictures; each event goes to `status.json` (the heartbeat) and to the listener."""

    def tell(progress: Progress) -> None:
        status.progress(progress)
        listener(progress)

    return Meter(phase, total, tell, start_at, interval=1.0)


@contextmanager
def end_written(status: StatusFile, files: RunFiles, learning_rate: float) -> Iterator[None]:
    """Leaves in `status.json` how the work ended, whichever way it did."""
    try:
        yield
    except TrainingStoppedError as stopped:
        status.write("cancelled", str(stopped))
        raise
    except NotFiniteError as error:
        message = f"Run `{files.run}` ended: {error} {_last_good(files)} Lower `learning_rate` (now {learning_rate:g})."
        status.write("failed", message)
        raise TrainingError(message) from error
    except BaseException as error:
        status.write("failed", f"{type(error).__name__}: {error}")
        raise
    status.write("done")


def _last_good(files: RunFiles) -> str:
    if files.checkpoint.exists():
        return f"The last good checkpoint is `{files.checkpoint}`."
    return "There is no checkpoint yet."
