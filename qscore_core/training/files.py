"""The files of a run's folder."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qscore_core.workspace import write_atomic


@dataclass(frozen=True)
class RunFiles:
    """`<workspace>/runs/<run>/`: what is where."""

    folder: Path

    @property
    def run(self) -> str:
        return self.folder.name

    @property
    def settings(self) -> Path:
        return self.folder / "settings.json"

    @property
    def status(self) -> Path:
        return self.folder / "status.json"

    @property
    def metrics(self) -> Path:
        return self.folder / "metrics.csv"

    @property
    def checkpoint(self) -> Path:
        return self.folder / "checkpoint.pt"

    @property
    def heads(self) -> Path:
        return self.folder / "heads.safetensors"

    @property
    def encoder(self) -> Path:
        return self.folder / "encoder.safetensors"


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of `metrics.csv`, none when it does not exist yet."""
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def append_row(path: Path, row: dict[str, Any]) -> None:
    _write_rows(path, [*read_rows(path), row])


def drop_rows_after(path: Path, step: int) -> None:
    """Forgets the epochs that a resumed run will do again."""
    rows = read_rows(path)
    kept = [row for row in rows if int(row["step"]) <= step]
    if len(kept) < len(rows):
        _write_rows(path, kept)


def _write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, fieldnames=list(rows[-1]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    write_atomic(path, text.getvalue())
