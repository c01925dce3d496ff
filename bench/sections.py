"""A page of two parts that are measured apart: each is written again without losing the other."""

from pathlib import Path

from qscore_core.workspace import write_atomic

APP = "## The app"  # the heading of the second part


def write_first(file: Path, text: str) -> None:
    """The part before the app's heading."""
    _, heading, second = _read(file).partition(APP)
    write_atomic(file, f"{text.rstrip()}\n\n{heading}{second}" if heading else text)


def write_app(file: Path, text: str) -> None:
    """The part that begins with the app's heading; `text` holds it."""
    first = _read(file).partition(APP)[0].rstrip()
    write_atomic(file, f"{first}\n\n{text}" if first else text)


def _read(file: Path) -> str:
    return file.read_text() if file.is_file() else ""
