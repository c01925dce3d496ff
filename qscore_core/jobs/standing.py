"""How a job stands: what its worker last wrote, and whether that worker still lives."""

import time
from dataclasses import dataclass
from typing import Literal

from qscore_core.jobs.folder import JobFolder
from qscore_core.jobs.request import Request
from qscore_core.status import Status, read_status

JobState = Literal["starting", "queued", "running", "done", "failed", "cancelled", "interrupted"]
LIVE: tuple[JobState, ...] = ("starting", "queued", "running")
STARTING_SECONDS = 60.0  # a worker that has not shown itself by then never will


@dataclass(frozen=True)
class Standing:
    """`status` is what the worker wrote, None before its first word."""

    state: JobState
    status: Status | None

    @property
    def live(self) -> bool:
        return self.state in LIVE


def standing_of(folder: JobFolder, request: Request) -> Standing:
    status = read_status(folder.status)
    if status and status.finished:
        return Standing(status.state, status)
    alive = folder.is_alive()
    status = read_status(folder.status)  # again: it may have ended between the first look and the second
    if status and (alive or status.finished):
        return Standing(status.state, status)
    if alive or (status is None and abs(time.time() - request.submitted) < STARTING_SECONDS):
        return Standing("starting", status)
    return Standing("cancelled" if folder.cancelled.exists() else "interrupted", status)
