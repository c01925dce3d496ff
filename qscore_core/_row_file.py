"""The growing matrix of an extraction: rows are appended, and what is saved can be gone on from to the same bytes."""

import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from io import FileIO
from pathlib import Path

import numpy as np
from numpy.typing import DTypeLike

from qscore_core.workspace import read_json, write_json, writing

POSITION = "position.json"
SAVE_EVERY_SECONDS = 2.0

Rows = tuple[np.ndarray, list[str | None]]
"""Rows [image, dim] of a batch and, for each image, why it has none (None if it has)."""


@dataclass(frozen=True)
class Position:
    """How far a run has come: the next image's number, rows written, number of and reason for each image left out."""

    batch_size: int
    seen: int = 0
    written: int = 0
    skipped: tuple[tuple[int, str], ...] = ()


class RowFile:
    """A file of rows of one kind of number and the position that belongs to it.

    `position` is replaced as a whole, after its rows were written: a signal between any two instructions leaves rows
    that are not counted yet, never a count without its rows.
    """

    def __init__(self, file: FileIO, path: Path, dim: int, position: Position, kind: DTypeLike = np.float32) -> None:
        self.position = position
        self._file, self._path, self._kind = file, path, np.dtype(kind)
        self._row_bytes = self._kind.itemsize * dim
        self._drop_uncounted()

    def append(self, h: np.ndarray, failures: list[str | None]) -> None:
        """Writes the rows of a batch that have no failure; raises WorkspaceError where the disk takes no more."""
        good = np.array([failure is None for failure in failures])
        first = self.position.seen
        skipped = [(first + offset, failure) for offset, failure in enumerate(failures) if failure is not None]
        self._write(np.ascontiguousarray(h[good], dtype=self._kind))
        self.position = replace(
            self.position,
            seen=first + len(h),
            written=self.position.written + int(good.sum()),
            skipped=(*self.position.skipped, *skipped) if skipped else self.position.skipped,
        )

    def extend(self, batches: Iterable[Rows]) -> Iterator[Position]:
        """Appends batch after batch, gives the position after each, and saves now and then."""
        saved_at = time.monotonic()
        for h, failures in batches:
            self.append(h, failures)
            if time.monotonic() - saved_at > SAVE_EVERY_SECONDS:
                self.save()
                saved_at = time.monotonic()
            yield self.position

    def save(self) -> None:
        """Rows first, then the position that counts them."""
        with writing(self._path):
            os.fsync(self._file.fileno())
        write_json(self._path.parent / POSITION, asdict(self.position))

    def _write(self, rows: np.ndarray) -> None:
        left = memoryview(rows.tobytes())
        try:
            with writing(self._path):
                while left:
                    left = left[self._file.write(left) :]
        except BaseException:
            # On a full disk the space of a torn batch is what the position needs to be saved.
            self._drop_uncounted()
            raise

    def _drop_uncounted(self) -> None:
        with writing(self._path):
            self._file.truncate(self._row_bytes * self.position.written)


@contextmanager
def open_rows(path: Path, dim: int, start: Position, kind: DTypeLike = np.float32) -> Iterator[RowFile]:
    """Opens the matrix where the last run left it, else at `start`.

    On leaving, also by Ctrl-C or an error, what is there is saved. A resumed run keeps its batch size, on which the
    last bits of a result may depend.
    """
    with writing(path):
        # Unbuffered: nothing is left to be written, and to fail, when the file is closed.
        file = FileIO(path, "a")
    with file:
        rows = RowFile(file, path, dim, load_position(path, dim, start, kind), kind)
        try:
            yield rows
        finally:
            rows.save()


def load_position(path: Path, dim: int, start: Position, kind: DTypeLike = np.float32) -> Position:
    """The saved position, or `start` where there is none that the matrix bears out."""
    try:
        saved = read_json(path.parent / POSITION)
        skipped = tuple((row, reason) for row, reason in saved.pop("skipped"))
        position = Position(**saved, skipped=skipped)
        enough = path.stat().st_size >= np.dtype(kind).itemsize * dim * position.written
    except (FileNotFoundError, json.JSONDecodeError, KeyError, TypeError, ValueError):
        return start
    return position if enough else start


def forget_position(path: Path) -> None:
    """Ends the growing of a matrix, with what a killed process may have left of a position half-written."""
    for file in path.parent.glob(f"*{POSITION}*"):
        file.unlink(missing_ok=True)
