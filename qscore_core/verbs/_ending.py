"""How a verb tells its progress and its end: on stderr, in a job's status file and by its exit status."""

import json
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from qscore_core.errors import (
    STOPPED,
    BadReferenceError,
    ProcessDiedError,
    QScoreError,
    SettingsError,
    TrainingStoppedError,
)
from qscore_core.progress import OnProgress, Progress, silent

if TYPE_CHECKING:
    from qscore_core.status import State

PROGRESS_EVERY_SECONDS = 5.0


@contextmanager
def told_ending(status: Path | None, as_json: bool) -> Iterator[OnProgress]:
    """Progress to stderr and to a job's status file; every way to end is told once, with its exit status."""
    signal.signal(signal.SIGTERM, _interrupt)
    listeners: list[OnProgress] = [_to_terminal()]
    file = None
    if status is not None:
        from qscore_core.status import StatusFile

        file = StatusFile(status)
        file.write("running")
        listeners.append(file.progress)
    state: State = "done"
    message, status_code = "", 0
    try:
        yield lambda progress: [listener(progress) for listener in listeners] and None
    except (QScoreError, KeyboardInterrupt) as error:
        state, message, status_code = _ending(error)
    except Exception as error:
        if file:
            file.write("failed", f"Unexpected {type(error).__name__}: {error}")
        raise
    if message:
        typer.echo(message, err=True)
        if as_json:
            typer.echo(json.dumps({"error": message}))
        sys.stdout.flush()
    if file:  # last: who reads the state may read the result
        file.write(state, message)
    if status_code:
        raise typer.Exit(status_code)


@contextmanager
def quiet_ending() -> Iterator[OnProgress]:
    """For a process that works for another, which does the talking: only its own failure is heard."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield silent
    except (QScoreError, KeyboardInterrupt) as error:
        state, message, status_code = _ending(error)
        if state == "failed":
            typer.echo(message, err=True)
        raise typer.Exit(status_code) from error


def _ending(error: QScoreError | KeyboardInterrupt) -> tuple["State", str, int]:
    """How work ended: its state, a sentence for a person and the exit status."""
    if isinstance(error, KeyboardInterrupt) and not isinstance(error, ProcessDiedError):
        return "cancelled", "Stopped. What was computed is kept: run the same command again to go on.", STOPPED
    if isinstance(error, TrainingStoppedError):
        return "cancelled", str(error), STOPPED
    return "failed", str(error), 2 if isinstance(error, SettingsError | BadReferenceError) else 1


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _to_terminal() -> Callable[[Progress], None]:
    """One line that rewrites itself on a terminal; a line now and then in a log."""
    interactive = sys.stderr.isatty()
    told = {"phase": "", "at": 0.0}

    def tell(progress: Progress) -> None:
        if interactive:
            end = "\n" if progress.done >= progress.total else ""
            typer.echo(f"\r\x1b[K{progress}{end}", err=True, nl=False)
        elif progress.phase != told["phase"] or time.monotonic() - told["at"] > PROGRESS_EVERY_SECONDS:
            told.update(phase=progress.phase, at=time.monotonic())
            typer.echo(str(progress), err=True)

    return tell
