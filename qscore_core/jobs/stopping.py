"""Stopping jobs: asked first, by force if need be."""

import os
import signal
import time
from contextlib import suppress

from qscore_core.jobs.folder import JobFolder
from qscore_core.jobs.job import Job
from qscore_core.jobs.standing import standing_of
from qscore_core.status import read_status
from qscore_core.workspace import Workspace, writing

GRACE_SECONDS = 10.0
LOOK_EVERY_SECONDS = 0.05


def cancel_job(job: Job, workspace: Workspace, grace_seconds: float = GRACE_SECONDS) -> None:
    """Asks the worker to stop and waits until it has; it saves where it is, so that the work can be resumed.

    A worker that still lives `grace_seconds` after it was first asked is killed with all its processes. A job that has
    ended stays as it is.
    """
    folder = JobFolder(workspace.root / "jobs" / job.id)
    if not _live(folder):
        return
    if not folder.cancelled.exists():  # asking twice could break off the saving
        with writing(folder.cancelled):
            folder.cancelled.touch()
        # One that is only starting has no number yet; it looks for the file before it does anything.
        _signal(folder, signal.SIGTERM)
    if not _ended_by(folder, folder.cancelled.stat().st_mtime + grace_seconds):
        _signal(folder, signal.SIGKILL)
        _ended_by(folder, time.time() + grace_seconds)


def _signal(folder: JobFolder, number: signal.Signals) -> None:
    """To the worker, or, for SIGKILL, to its whole process group, which it leads."""
    status = read_status(folder.status)
    if status is None or not folder.is_alive():
        return
    with suppress(ProcessLookupError):
        (os.killpg if number == signal.SIGKILL else os.kill)(status.pid, number)


def _ended_by(folder: JobFolder, moment: float) -> bool:
    while _live(folder):
        if time.time() > moment:
            return False
        time.sleep(LOOK_EVERY_SECONDS)
    return True


def _live(folder: JobFolder) -> bool:
    request = folder.request()
    return request is not None and standing_of(folder, request).live
