"""Long work outside the page: a job is a CLI verb in a process of its own, with a folder that says how it stands.

The process outlives the page and the app. `status.json` is written by the verb itself (see `StatusFile`); a job whose
process is gone without a last word is shown as interrupted, and starting the same verb again resumes it.
"""

import os
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from qscore_core.errors import QScoreError
from qscore_core.progress import Progress
from qscore_core.workspace import Workspace, read_json, write_json, writing

State = Literal["starting", "running", "done", "failed", "cancelled", "interrupted"]
LIVE: tuple[State, ...] = ("starting", "running")
WRITE_EVERY_SECONDS = 0.5
PACKAGE_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Job:
    """A piece of background work as it stands. `error` is a sentence for a person, `log` the file behind it."""

    id: str
    kind: str
    arguments: tuple[str, ...]
    state: State
    phase: str
    done: int
    total: int
    rate: float
    eta_seconds: float | None
    error: str
    log: Path
    result: dict[str, Any] | None
    started: float
    directory: str

    @property
    def live(self) -> bool:
        return self.state in LIVE

    @property
    def fraction(self) -> float:
        return self.done / self.total if self.total else 0.0


class StatusFile:
    """What a worker process writes of itself; readable at any moment."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._last = 0.0
        self._status: dict[str, Any] = {"pid": os.getpid(), "state": "running"}
        self._write()

    def progress(self, progress: Progress) -> None:
        self._status.update(asdict(progress))
        if time.monotonic() - self._last > WRITE_EVERY_SECONDS:
            self._write()

    def close(self, state: State, error: str = "") -> None:
        self._status.update(state=state, error=error)
        self._write()

    def _write(self) -> None:
        self._last = time.monotonic()
        write_json(self.path, {**self._status, "heartbeat": time.time()})


def start_job(kind: str, arguments: list[str], workspace: Workspace, directory: str | None = None) -> Job:
    """Runs `python -m qscore_core KIND ARGUMENTS` in the background; relative paths count from `directory` [here]."""
    directory = directory or str(Path.cwd())
    job_id = f"{time.strftime('%Y%m%d-%H%M%S')}-{kind}-{uuid.uuid4().hex[:4]}"
    folder = workspace.root / "jobs" / job_id
    with writing(folder):
        folder.mkdir(parents=True)
    full = [kind, *arguments, "--workspace", str(workspace.root), "--json", "--status", str(folder / "status.json")]
    about = {"kind": kind, "arguments": arguments, "started": time.time(), "directory": directory}
    write_json(folder / "job.json", about)
    with (folder / "result.json").open("wb") as out, (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "qscore_core", *full],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=log,
            cwd=directory,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(PACKAGE_ROOT), os.environ.get("PYTHONPATH", "")])},
        )
    write_json(folder / "pid.json", {"pid": process.pid})
    _children[job_id] = process
    return read_job(folder)


# The processes this one started: only to collect their exit, so that a finished one is not taken for a living one.
_children: dict[str, subprocess.Popen] = {}


def newest_job(kind: str, arguments: list[str], workspace: Workspace) -> Job | None:
    """The last job of exactly this work, None where there never was one."""
    return next((job for job in list_jobs(workspace) if (job.kind, list(job.arguments)) == (kind, arguments)), None)


def ensure_job(kind: str, arguments: list[str], workspace: Workspace) -> Job:
    """The job of this work that is under way, started if none is: two people asking at once share one."""
    folder = workspace.root / "jobs"
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with workspace.lock(folder, wait_seconds=60):
        job = newest_job(kind, arguments, workspace)
        return job if job is not None and job.live else start_job(kind, arguments, workspace)


def list_jobs(workspace: Workspace) -> list[Job]:
    """All jobs of a workspace, newest first."""
    folders = sorted((workspace.root / "jobs").glob("*"), reverse=True)
    return [read_job(folder) for folder in folders if _read_or_empty(folder / "job.json")]


def find_job(job_id: str, workspace: Workspace) -> Job:
    folder = workspace.root / "jobs" / job_id
    if not _read_or_empty(folder / "job.json"):
        raise QScoreError(f"This workspace has no job `{job_id}`.")
    return read_job(folder)


def read_job(folder: Path) -> Job:
    """How a job stands, from its files and from whether its process is alive."""
    about = read_json(folder / "job.json")
    status = _read_or_empty(folder / "status.json")
    if child := _children.get(folder.name):
        child.poll()  # collects it once it has ended
    state = _state(folder, status, about["started"])
    return Job(
        id=folder.name,
        kind=about["kind"],
        arguments=tuple(about["arguments"]),
        state=state,
        phase=status.get("phase", "starting"),
        done=status.get("done", 0),
        total=status.get("total", 0),
        rate=status.get("rate", 0.0),
        eta_seconds=status.get("eta_seconds"),
        error=status.get("error", "") or _last_words(folder, state),
        log=folder / "log.txt",
        result=_read_or_empty(folder / "result.json") or None,
        started=about["started"],
        directory=about["directory"],
    )


def _state(folder: Path, status: dict[str, Any], started: float) -> State:
    state = status.get("state", "starting")
    if state not in LIVE:
        return state
    pid = status.get("pid") or _read_or_empty(folder / "pid.json").get("pid")
    if pid is None:
        # The starter was killed between making the folder and noting the process.
        return "starting" if time.time() - started < 60 else "interrupted"
    return state if _alive(folder.name, pid) else "interrupted"


def _alive(job_id: str, pid: int) -> bool:
    child = _children.get(job_id)
    if child is not None:
        return child.poll() is None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _zombie(pid)


def _zombie(pid: int) -> bool:
    """Whether a process has ended and only its starter, such as the app, has not collected it yet (seen on Linux)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def _last_words(folder: Path, state: State) -> str:
    if state != "interrupted":
        return ""
    log = folder / "log.txt"
    lines = log.read_text(errors="replace").strip().splitlines() if log.is_file() else []
    return lines[-1] if lines else "The process ended without a word."


def _read_or_empty(path: Path) -> dict[str, Any]:
    try:
        return read_json(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}


def cancel_job(job: Job, workspace: Workspace) -> None:
    """Asks the process to stop; it saves where it is, so the same work can be resumed."""
    folder = workspace.root / "jobs" / job.id
    pid = _read_or_empty(folder / "status.json").get("pid") or _read_or_empty(folder / "pid.json").get("pid")
    if pid and _alive(job.id, pid):
        os.kill(pid, signal.SIGTERM)


def resume_job(job: Job, workspace: Workspace) -> Job:
    """The same verb again: every verb goes on from what its predecessor kept."""
    return start_job(job.kind, list(job.arguments), workspace, job.directory)
