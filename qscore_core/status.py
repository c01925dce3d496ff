"""How a piece of work stands, as a small JSON file: its process writes it, anyone reads it at any moment."""

import os
import time
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from qscore_core.progress import Progress
from qscore_core.workspace import read_json, write_json

State = Literal["queued", "running", "done", "failed", "cancelled"]
UNFINISHED: tuple[State, ...] = ("queued", "running")
WRITE_EVERY_SECONDS = 0.5


@dataclass(frozen=True)
class Status:
    """Where work stands, counted as in `Progress`; `began` and `heartbeat` (the last sign of life) are Unix seconds.

    `message` is a sentence for a person: why the work failed, or how to go on with it.
    """

    state: State
    pid: int = 0
    phase: str = ""
    done: int = 0
    total: int = 0
    rate: float = 0.0
    eta_seconds: float | None = None
    message: str = ""
    began: float = 0.0
    heartbeat: float = 0.0

    @property
    def finished(self) -> bool:
        return self.state not in UNFINISHED


class StatusFile:
    """The writer. `about` are entries that stay as they are, such as the run that the work belongs to."""

    def __init__(self, path: Path, **about: Any) -> None:
        self.path, self.about = path, about
        self._status = Status("running", pid=os.getpid(), began=time.time())
        self._written = 0.0

    def progress(self, progress: Progress) -> None:
        """Notes where the work stands; what comes too soon after the last writing waits for the next one."""
        self._status = replace(self._status, state="running", **asdict(progress))
        if time.monotonic() - self._written > WRITE_EVERY_SECONDS:
            self._write()

    def write(self, state: State, message: str = "") -> None:
        self._status = replace(self._status, state=state, message=message)
        self._write()

    def _write(self) -> None:
        self._written = time.monotonic()
        write_json(self.path, {**self.about, **asdict(replace(self._status, heartbeat=time.time()))})


def read_status(path: Path) -> Status | None:
    """What a `StatusFile` wrote, None where there is nothing (or nothing whole) yet."""
    try:
        found = read_json(path)
        return Status(**{field.name: found[field.name] for field in fields(Status) if field.name in found})
    except (OSError, ValueError, TypeError):
        return None
