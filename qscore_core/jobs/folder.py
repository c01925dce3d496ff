"""A job's folder: what is where, and whether its worker lives."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from qscore_core.jobs.request import Request
from qscore_core.workspace import Workspace, read_json, write_json

LOOK_SECONDS = 0.01  # how long a reader insists, since another reader may hold the lock for an instant


@dataclass(frozen=True)
class JobFolder:
    """`<workspace>/jobs/<id>/`: `job.json`, `status.json`, `result.json`, `log.txt`."""

    path: Path

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.path.parents[1])

    @property
    def status(self) -> Path:
        return self.path / "status.json"

    @property
    def result(self) -> Path:
        return self.path / "result.json"

    @property
    def log(self) -> Path:
        return self.path / "log.txt"

    @property
    def cancelled(self) -> Path:
        """There once somebody asked the job to stop; its time of change is when."""
        return self.path / "cancelled"

    def write_request(self, request: Request) -> None:
        write_json(self.path / "job.json", asdict(request))

    def request(self) -> Request | None:
        """What was asked for, None where the folder holds no (whole) job."""
        try:
            about = read_json(self.path / "job.json")
            return Request(**{**about, "arguments": tuple(about["arguments"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def read_result(self) -> Any:
        try:
            return read_json(self.result) or None
        except (OSError, ValueError):
            return None

    @contextmanager
    def life(self) -> Iterator[None]:
        """Held by the worker as long as it lives. The system frees the lock with the process, however that ends.

        Unlike a process number, it can never come to mean another process, not even after a reboot.
        """
        with FileLock(self._life, timeout=30):
            yield

    def is_alive(self) -> bool:
        """Whether the worker holds its lock."""
        if not self._life.exists():
            return False
        lock = FileLock(self._life)
        try:
            lock.acquire(timeout=LOOK_SECONDS, poll_interval=LOOK_SECONDS / 4)
        except Timeout:
            return True
        lock.release()
        return False

    @property
    def _life(self) -> Path:
        return self.path / ".alive"


def last_lines(log: Path, count: int) -> list[str]:
    """At most `count` lines from the end of a log, which need not be there."""
    return log.read_text(errors="replace").strip().splitlines()[-count:] if log.is_file() else []


def job_folders(workspace: Workspace) -> list[tuple[JobFolder, Request]]:
    """All jobs of a workspace in order of submission."""
    folders = [JobFolder(path) for path in (workspace.root / "jobs").glob("*")]
    found = [(folder, request) for folder in folders if (request := folder.request())]
    return sorted(found, key=lambda job: (job[1].submitted, job[0].id))
