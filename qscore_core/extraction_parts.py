"""Who extracts which images: one part a process, and how the parts become one file.

The first part is the beginning of the finished matrix and grows where that will be, so the part of a single process is
the whole. The others grow in folders of their own and are appended to it when all are done. Every part begins where a
batch of a single process begins: the bytes do not depend on the number of processes.
"""

import json
import math
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from qscore_core._row_file import Position, Rows, load_position
from qscore_core.errors import WorkspaceError
from qscore_core.representations import MATRIX
from qscore_core.workspace import read_json, write_json, writing

PARTS, PLAN = "parts", "plan.json"
LOOK_EVERY_SECONDS = 1.0


@dataclass(frozen=True)
class Part:
    """Images from `first` to before `last` in batches of `batch_size`, and the file of their rows."""

    matrix: Path
    batch_size: int
    first: int
    last: int

    @property
    def folder(self) -> Path:
        return self.matrix.parent

    @property
    def images(self) -> int:
        return self.last - self.first

    @property
    def start(self) -> Position:
        return Position(self.batch_size, seen=self.first)

    def position(self, dim: int) -> Position:
        """How far it has come."""
        return load_position(self.matrix, dim, self.start)


@dataclass(frozen=True)
class Plan:
    """Process p works up to before image `ends[p]`, from where the one before it ends."""

    batch_size: int
    ends: tuple[int, ...]

    def parts(self, folder: Path) -> list[Part]:
        """The part of each process; folders are named by what they hold, so that no part is taken for another."""
        parts = [Part(folder / MATRIX, self.batch_size, 0, self.ends[0])]
        for first, last in zip(self.ends, self.ends[1:], strict=False):
            name = f"{first}-{last}-by-{self.batch_size}"
            parts.append(Part(folder / PARTS / name / MATRIX, self.batch_size, first, last))
        return parts


def claim_plan(folder: Path, whole: Position, images: int, processes: int) -> Plan:
    """The plan of an interrupted run of as many processes, else a new one for what the `whole` matrix lacks.

    Parts of another plan are removed.
    """
    stored = _stored_plan(folder)
    if stored and (stored.batch_size, len(stored.ends), stored.ends[-1]) == (whole.batch_size, processes, images):
        return stored
    forget_plan(folder)
    plan = _new_plan(whole, images, processes)
    write_json(folder / PLAN, asdict(plan))
    return plan


def forget_plan(folder: Path) -> None:
    """Removes the plan and whatever parts there are."""
    with writing(folder):
        (folder / PLAN).unlink(missing_ok=True)
        shutil.rmtree(folder / PARTS, ignore_errors=True)


def _new_plan(whole: Position, images: int, processes: int) -> Plan:
    batches = -(-(images - whole.seen) // whole.batch_size)
    shares = [batches * (process + 1) // processes for process in range(processes)]
    return Plan(whole.batch_size, tuple(min(whole.seen + share * whole.batch_size, images) for share in shares))


def _stored_plan(folder: Path) -> Plan | None:
    try:
        saved = read_json(folder / PLAN)
        return Plan(saved["batch_size"], tuple(saved["ends"]))
    except (FileNotFoundError, json.JSONDecodeError, KeyError, TypeError):
        return None


def stored_rows(part: Part, dim: int, seen: int) -> Iterator[Rows]:
    """The rows of a finished part from image `seen` on, in batches. Raises WorkspaceError where some are missing."""
    position = part.position(dim)
    if position.seen < part.last:
        raise WorkspaceError(
            f"`{part.matrix}` should hold images {part.first:,} to {part.last:,}. Found them up to {position.seen:,}. "
            "Run the same command again to make the rest."
        )
    reasons = dict(position.skipped)
    before = seen - part.first - sum(row < seen for row in reasons)
    with part.matrix.open("rb") as file:
        file.seek(4 * dim * before)
        for first in range(seen, part.last, part.batch_size):
            failures = [reasons.get(row) for row in range(first, min(first + part.batch_size, part.last))]
            good = np.array([failure is None for failure in failures])
            h = np.zeros((len(failures), dim), np.float32)
            h[good] = np.fromfile(file, np.float32, dim * int(good.sum())).reshape(-1, dim)
            yield h, failures


def remove_part(part: Part) -> None:
    """For a part whose rows are safe elsewhere."""
    shutil.rmtree(part.folder, ignore_errors=True)


class Tally:
    """Counts the images of all parts; those of `others` are what they last saved, looked at now and then."""

    def __init__(self, others: Sequence[Part], dim: int) -> None:
        self._others, self._dim = others, dim
        self._looked_at = -math.inf
        self._positions: list[int] = []

    def __call__(self, seen: int) -> int:
        """`seen` is the position of the whole matrix."""
        if time.monotonic() - self._looked_at > LOOK_EVERY_SECONDS:
            self._looked_at = time.monotonic()
            self._positions = [part.position(self._dim).seen for part in self._others]
        beyond = zip(self._others, self._positions, strict=True)
        return seen + sum(max(0, reached - max(part.first, seen)) for part, reached in beyond)
