"""What every verb of the command line has in common, written once: options, output, progress, errors, exit status."""

import functools
import inspect
import json
import math
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qscore_core.errors import BadReferenceError, QScoreError, SettingsError, TrainingStoppedError
from qscore_core.progress import Progress

if TYPE_CHECKING:
    from qscore_core.workspace import Workspace

PROGRESS_EVERY_SECONDS = 5.0
STOPPED = 130  # what a shell expects after Ctrl-C


@dataclass(frozen=True)
class Session:
    """Where and how a verb works; `tell` is its progress listener."""

    workspace_path: Path | None
    device: str
    seed: int
    tell: Callable[[Progress], None]

    @functools.cached_property
    def workspace(self) -> "Workspace":
        from qscore_core.workspace import Workspace

        return Workspace.at(self.workspace_path)

    def say(self, message: str) -> None:
        """A message for a person; stdout is kept for the result."""
        typer.echo(message, err=True)


Verb = Callable[..., dict[str, Any] | list[dict[str, Any]]]

COMMON = {
    "workspace": (
        Annotated[Path | None, typer.Option(help="Where results live [QSCORE_WORKSPACE, else .qscore].")],
        None,
    ),
    "device": (Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:N.")], "auto"),
    "seed": (Annotated[int, typer.Option(help="Seed of everything random.")], 0),
    "as_json": (Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")], False),
    "status": (Annotated[Path | None, typer.Option(hidden=True)], None),
}


def verb(function: Verb) -> Callable[..., None]:
    """Gives a verb `--workspace --device --seed --json` and turns what it returns into output."""

    @functools.wraps(function)
    def command(**given: Any) -> None:
        common = {name: given.pop(name) for name in COMMON}
        with _reported(common["status"], common["as_json"]) as tell:
            session = Session(common["workspace"], common["device"], common["seed"], tell)
            _print(function(session, **given), common["as_json"])

    own = list(inspect.signature(function).parameters.values())[1:]
    extra = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in COMMON.items()
    ]
    command.__signature__ = inspect.Signature([*own, *extra])  # type: ignore[attr-defined]
    return command


@contextmanager
def _reported(status: Path | None, as_json: bool) -> Iterator[Callable[[Progress], None]]:
    """Progress to stderr and to a job's status file; every way to end is told once, with its exit status."""
    signal.signal(signal.SIGTERM, _interrupt)
    listeners: list[Callable[[Progress], None]] = [_to_terminal()]
    file = None
    if status is not None:
        from qscore_core.jobs import StatusFile

        file = StatusFile(status)
        listeners.append(file.progress)
    state, message, status_code = "done", "", 1
    try:
        yield lambda progress: [listener(progress) for listener in listeners] and None
    except (SettingsError, BadReferenceError) as error:
        state, message, status_code = "failed", str(error), 2
    except TrainingStoppedError as error:
        state, message, status_code = "cancelled", str(error), STOPPED
    except QScoreError as error:
        state, message = "failed", str(error)
    except KeyboardInterrupt:
        state, status_code = "cancelled", STOPPED
        message = "Stopped. What was computed is kept: run the same command again to go on."
    except Exception as error:
        state, message = "failed", f"Unexpected {type(error).__name__}: {error}"
        raise
    finally:
        if file:
            file.close(state, message)  # type: ignore[arg-type]
    if message:
        typer.echo(message, err=True)
        if as_json:
            typer.echo(json.dumps({"error": message}))
        raise typer.Exit(status_code)


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


def _print(result: dict[str, Any] | list[dict[str, Any]], as_json: bool) -> None:
    try:
        if as_json:
            typer.echo(json.dumps(_finite(result), default=_plain, allow_nan=False))
        else:
            for row in result if isinstance(result, list) else [result]:
                _print_row(row)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (`head`, say) has what it wanted.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_row(row: dict[str, Any]) -> None:
    width = max(len(key) for key in row)
    for key, value in row.items():
        if isinstance(value, list | tuple) and value and isinstance(value[0], dict):
            typer.echo(f"{key}:")
            for item in value:
                typer.echo("  " + "  ".join(f"{name} {_text(entry)}" for name, entry in item.items()))
        else:
            typer.echo(f"{key:<{width}}  {_text(value)}")
    typer.echo("")


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return ", ".join(_text(entry) for entry in value) or "-"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(entry)}" for name, entry in value.items()) or "-"
    return "-" if value is None else str(value)


def _finite(value: Any) -> Any:
    """NaN and infinity as null: JSON has no word for them."""
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain(value: Any) -> Any:
    """NumPy numbers and paths inside a JSON document."""
    return value.item() if hasattr(value, "item") else str(value)
