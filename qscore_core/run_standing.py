"""How a fine-tuning run stands: what its background job says, or its own files where a terminal started it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qscore_core.experiments import FinetuneRun
from qscore_core.jobs import Job, list_jobs
from qscore_core.progress import Progress
from qscore_core.status import Status, read_status
from qscore_core.training.command import finetune_arguments
from qscore_core.workspace import Workspace

VERB = "finetune"
SILENCE_SECONDS = 120.0  # without a sign of life for so long, a run at a terminal counts as interrupted

RunState = Literal["not started", "starting", "queued", "running", "done", "failed", "cancelled", "interrupted"]
UNDER_WAY: tuple[RunState, ...] = ("starting", "queued", "running")


@dataclass(frozen=True)
class RunStanding:
    """`job` is the newest one of this run, None where there never was one; `message` says how a run ended."""

    run: FinetuneRun
    state: RunState
    job: Job | None
    progress: Progress | None
    message: str

    @property
    def live(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def at_terminal(self) -> bool:
        """Whether it is at work without a job, so that only its terminal can stop it."""
        return self.live and (self.job is None or not self.job.live)


def run_arguments(run: FinetuneRun) -> list[str]:
    """Arguments of the job that starts a run or goes on with it, whoever started it."""
    return [*finetune_arguments(run.settings), "--run", run.run]


def run_title(run: FinetuneRun) -> str:
    """What people read of the run in the line of jobs."""
    return f"Fine-tuning {run.settings['parent']} on {run.settings['dataset']}: {run.label}"


def standings(runs: Sequence[FinetuneRun], workspace: Workspace) -> list[RunStanding]:
    """How each run stands at this moment."""
    newest: dict[tuple[str, ...], Job] = {}
    for job in list_jobs(workspace):
        if job.kind == VERB:
            newest.setdefault(job.arguments, job)
    return [_standing(run, newest.get(tuple(run_arguments(run)))) for run in runs]


def _standing(run: FinetuneRun, job: Job | None) -> RunStanding:
    if run.done:
        return RunStanding(run, "done", job, None, "")
    if job is not None and job.live:
        return RunStanding(run, job.state, job, _progress(job), "")
    status = read_status(run.files.status)
    if status is not None and _works_at_terminal(status, job):
        return RunStanding(run, "running", job, _progress(status), "")
    if job is not None and job.state != "done":
        return RunStanding(run, job.state, job, None, job.error)
    if status is None:
        return RunStanding(run, "not started", job, None, "")
    return RunStanding(run, "interrupted" if not status.finished else status.state, job, None, status.message)


def _works_at_terminal(status: Status, job: Job | None) -> bool:
    """Whether a process wrote this lately that began after the last sign of life of the run's job."""
    lately = status.state == "running" and time.time() - status.heartbeat < SILENCE_SECONDS
    return lately and (job is None or status.began > (job.heartbeat or 0))


def _progress(at: Job | Status) -> Progress:
    return Progress(at.phase, at.done, at.total, at.rate, at.eta_seconds)
