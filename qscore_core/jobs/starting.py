"""Starting jobs: a process of its own for each, which outlives the page, the app and the terminal."""

import os
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

from qscore_core.errors import SettingsError
from qscore_core.jobs.folder import JobFolder
from qscore_core.jobs.job import Job, find_job, newest_job
from qscore_core.jobs.request import Request, make_request
from qscore_core.workspace import Workspace, writing

PACKAGE_ROOT = Path(__file__).resolve().parents[2]


def start_job(
    kind: str, arguments: Sequence[str], workspace: Workspace, *, title: str = "", directory: str | None = None
) -> Job:
    """Runs the verb in the background, when its device is free; relative paths count from `directory` [here].

    `title` says in a few words for people what it is. Raises SettingsError for a verb that is no background work, a
    device that is not there and a directory that is gone.
    """
    request = make_request(kind, arguments, title, directory)
    if not Path(request.directory).is_dir():
        raise SettingsError(f"The job counts its paths from `{request.directory}`, which is gone. Start it anew.")
    folder = submit(request, workspace)
    _launch(folder, request)
    return find_job(folder.id, workspace)


def ensure_job(kind: str, arguments: Sequence[str], workspace: Workspace, *, title: str = "") -> Job:
    """The job of this work that is under way, started if none is: two people asking at once share one."""
    folder = _made(workspace.root / "jobs")
    with workspace.lock(folder, wait_seconds=60):
        job = newest_job(kind, arguments, workspace)
        return job if job is not None and job.live else start_job(kind, arguments, workspace, title=title)


def resume_job(job: Job, workspace: Workspace) -> Job:
    """The same verb again: every verb goes on from what its predecessor kept. Raises SettingsError for a live job."""
    now = find_job(job.id, workspace)
    if now.live:
        raise SettingsError(f"Job `{job.id}` is {now.state}: there is nothing to resume.")
    return start_job(job.kind, job.arguments, workspace, title=job.title, directory=job.directory)


def submit(request: Request, workspace: Workspace) -> JobFolder:
    """Writes the request down, which is what gives it its place in line."""
    job_id = f"{time.strftime('%Y%m%d-%H%M%S')}-{request.kind}-{uuid.uuid4().hex[:4]}"
    folder = JobFolder(_made(workspace.root / "jobs" / job_id))
    folder.write_request(request)
    return folder


def _launch(folder: JobFolder, request: Request) -> None:
    paths = [str(PACKAGE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    with folder.result.open("wb") as out, folder.log.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "qscore_core.jobs", str(folder.path)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=log,
            cwd=request.directory,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        )
    # Collects the worker once it has ended, so that a long-lived starter such as the app leaves no zombies.
    threading.Thread(target=process.wait, daemon=True).start()


def _made(folder: Path) -> Path:
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder
