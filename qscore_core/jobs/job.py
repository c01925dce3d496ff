"""Jobs as values: what was asked, how it stands, what waits before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qscore_core.errors import QScoreError
from qscore_core.jobs.folder import JobFolder, job_folders, last_lines
from qscore_core.jobs.queue import ahead_of
from qscore_core.jobs.request import Request, option
from qscore_core.jobs.standing import LIVE, JobState, Standing, standing_of
from qscore_core.status import Status
from qscore_core.workspace import Workspace


@dataclass(frozen=True)
class Ahead:
    """A job that comes first."""

    id: str
    title: str


@dataclass(frozen=True)
class Job:
    """A piece of background work as it stands; times are Unix seconds.

    `error` is a sentence for a person, `log` the file behind it. `ahead` are the jobs that a queued one waits for, the
    one at work first. `stopping` says that it was asked to stop and has not yet.
    """

    id: str
    kind: str
    arguments: tuple[str, ...]
    title: str
    device: str
    state: JobState
    phase: str
    done: int
    total: int
    rate: float
    eta_seconds: float | None
    error: str
    ahead: tuple[Ahead, ...]
    stopping: bool
    submitted: float
    began: float | None
    heartbeat: float | None
    log: Path
    result: Any
    directory: str

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def ended(self) -> float | None:
        """When it ended, as far as its last sign of life tells; None while it lives."""
        return None if self.live else self.heartbeat

    @property
    def encoder(self) -> str | None:
        """The reference of the encoder it works with, None where it names none or several."""
        return option(self.arguments, "--encoder")

    @property
    def dataset(self) -> str | None:
        return option(self.arguments, "--dataset")

    @property
    def fraction(self) -> float:
        return self.done / self.total if self.total else 0.0

    @property
    def place(self) -> str:
        """Where a queued job waits, in words; empty for any other."""
        if self.state != "queued":
            return ""
        number = f"number {len(self.ahead)}" if len(self.ahead) > 1 else "next"
        if not self.ahead:
            return f"{number} in line for {self.device}"
        more = f" and {len(self.ahead) - 1} more" if len(self.ahead) > 1 else ""
        return f"{number} in line for {self.device}, behind “{self.ahead[0].title}”{more}"

    def log_lines(self, count: int) -> list[str]:
        """At most `count` lines from the end of the log."""
        return last_lines(self.log, count)


def list_jobs(workspace: Workspace) -> list[Job]:
    """All jobs of a workspace, newest first."""
    return [_job(folder, request) for folder, request in reversed(job_folders(workspace))]


def find_job(job_id: str, workspace: Workspace) -> Job:
    """A job by its id. Raises QScoreError where there is none."""
    folder = JobFolder(workspace.root / "jobs" / job_id)
    request = folder.request()
    if request is None:
        raise QScoreError(f"This workspace has no job `{job_id}`.")
    return _job(folder, request)


def newest_job(kind: str, arguments: Sequence[str], workspace: Workspace) -> Job | None:
    """The last job of exactly this work, None where there never was one."""
    for folder, request in reversed(job_folders(workspace)):
        if (request.kind, request.arguments) == (kind, tuple(arguments)):
            return _job(folder, request)
    return None


def _job(folder: JobFolder, request: Request) -> Job:
    standing = standing_of(folder, request)
    status = standing.status or Status("queued", phase="starting")
    queued = standing.state == "queued"
    return Job(
        id=folder.id,
        kind=request.kind,
        arguments=request.arguments,
        title=request.title,
        device=request.device,
        state=standing.state,
        phase=status.phase,
        done=status.done,
        total=status.total,
        rate=status.rate,
        eta_seconds=status.eta_seconds,
        error=status.message or _last_words(folder, standing),
        ahead=tuple(Ahead(*_name(job)) for job in ahead_of(folder, request)) if queued else (),
        stopping=standing.live and folder.cancelled.exists(),
        submitted=request.submitted,
        began=None if queued else status.began or None,
        heartbeat=status.heartbeat or None,
        log=folder.log,
        result=folder.read_result(),
        directory=request.directory,
    )


def _name(job: tuple[JobFolder, Request]) -> tuple[str, str]:
    return job[0].id, job[1].title


def _last_words(folder: JobFolder, standing: Standing) -> str:
    """What is known of an end that the worker did not tell."""
    if standing.state == "cancelled":
        return "It did not stop when asked and was ended by force. What was saved before is kept."
    if standing.state == "interrupted":
        return (last_lines(folder.log, 1) or ["The process ended without a word."])[0]
    return ""
