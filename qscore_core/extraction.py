"""From pictures to representations on disk: streaming, resumable to the same bytes, flat in memory.

Rows are appended to one file in data-set order, so a full disk is an ordinary error and an interrupted run goes on
after its last saved position. Batches always start at the same images: the result depends neither on interruptions nor
on the number of processes, each of which does a part of the images (see `extraction_parts`).
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from qscore_core._representing import Precision, represented
from qscore_core._row_file import Position, RowFile, forget_position, load_position, open_rows
from qscore_core.datasets.dataset import Dataset
from qscore_core.encoders.encoder import Encoder
from qscore_core.errors import DatasetError, SettingsError
from qscore_core.extraction_parts import Part, Plan, Tally, claim_plan, forget_plan, remove_part, stored_rows
from qscore_core.extraction_record import artefact_digest, close_extraction
from qscore_core.progress import Meter, OnProgress, silent
from qscore_core.representations import MATRIX, Representations, open_representations
from qscore_core.team import ALONE, Team, do_nothing
from qscore_core.workspace import Workspace, is_whole, require_space, writing

PART_LOCK_SECONDS = 60.0  # a process of an interrupted run may need some to end


@dataclass(frozen=True)
class ExtractSettings:
    """How to run the encoder. Only `precision` changes the numbers beyond rounding, and so is part of the digest."""

    batch_size: int = 64
    precision: Precision = "fp32"
    workers: int | None = None

    def __post_init__(self) -> None:
        if self.batch_size < 1:
            raise SettingsError(f"`batch_size` should be at least 1. Found {self.batch_size}.")
        if self.precision not in ("fp32", "bf16", "fp16"):
            raise SettingsError(f"`precision` should be fp32, bf16 or fp16. Found `{self.precision}`.")

    @property
    def worker_count(self) -> int:
        """Decoding processes: one fewer than the cores, at most eight; the main process keeps a core for itself."""
        return self.workers_beside(1)

    def workers_beside(self, processes: int) -> int:
        """Decoding processes of each of several main processes that share the cores of this machine."""
        return max(1, min(8, (os.cpu_count() or 2) // processes - 1)) if self.workers is None else self.workers


@dataclass(frozen=True, eq=False)
class Extraction:
    """The representations, whether they were already there, and how fast this command made what was missing."""

    representations: Representations
    reused: bool
    images_per_second: float


def extract(
    encoder: Encoder,
    dataset: Dataset,
    settings: ExtractSettings,
    *,
    workspace: Workspace,
    team: Team = ALONE,
    on_progress: OnProgress = silent,
) -> Extraction:
    """Representations of a split: reused when there, resumed when interrupted, else made by all of the team.

    Images that cannot be read are skipped and listed. Raises DatasetError when none can be read, WorkspaceError when
    another command is at it or the disk is full, ProcessDiedError when a process of the team dies.
    """
    folder = workspace.artefact("representations", artefact_digest(encoder, dataset, settings.precision))
    work = _Work(folder, encoder, dataset, settings, team)
    rate = _lead(work, workspace, on_progress) if team.leads else _follow(work, workspace)
    return Extraction(open_representations(folder), reused=rate is None, images_per_second=rate or 0.0)


@dataclass(frozen=True, eq=False)
class _Work:
    """What each process of an extraction knows from the start."""

    folder: Path
    encoder: Encoder
    dataset: Dataset
    settings: ExtractSettings
    team: Team


def _lead(work: _Work, workspace: Workspace, on_progress: OnProgress) -> float | None:
    """Images per second of the whole team, None where there is nothing to do."""
    if not is_whole(work.folder):
        with workspace.lock(work.folder):
            if not is_whole(work.folder):
                return _make_whole(work, on_progress)
    work.team.agreed(None)
    return None


def _make_whole(work: _Work, on_progress: OnProgress) -> float:
    folder, dim, images, started = work.folder, work.encoder.dim, len(work.dataset), time.monotonic()
    whole = load_position(folder / MATRIX, dim, Position(work.settings.batch_size))
    plan = claim_plan(folder, whole, images, work.team.size)
    own, *others = plan.parts(folder)
    tally = Tally(others, dim)
    first = tally(whole.seen)
    needed = 4 * dim * (images - first + max((part.images for part in others), default=0))
    require_space(folder, needed, "the representations")
    work.team.agreed((plan, whole.seen))
    meter = Meter("extract", images, on_progress, start_at=first)
    with open_rows(own.matrix, dim, own.start) as rows:
        tell = lambda: meter.update(tally(rows.position.seen))  # noqa: E731
        _make_part(work, own, rows, tell)
        work.team.wait(tell)
        _join(rows, others, dim)
        tell()
    seconds = time.monotonic() - started
    _finish(work, rows.position, seconds)
    work.team.wait()
    return (images - first) / max(seconds, 1e-9)


def _follow(work: _Work, workspace: Workspace) -> float | None:
    """Does a part and waits until the leader has put all together; None where there is nothing to do."""
    agreed: tuple[Plan, int] | None = work.team.agreed(None)
    if agreed is None:
        return None
    plan, joined = agreed
    part = plan.parts(work.folder)[work.team.rank]
    if part.images and part.last > joined:
        with writing(part.folder):
            part.folder.mkdir(parents=True, exist_ok=True)
        opened = open_rows(part.matrix, work.encoder.dim, part.start)
        with workspace.lock(part.folder, PART_LOCK_SECONDS), opened as rows:
            _make_part(work, part, rows, do_nothing)
    work.team.wait()
    work.team.wait()
    return 0.0


def _make_part(work: _Work, part: Part, rows: RowFile, tell: Callable[[], None]) -> None:
    """What is left of a part; `tell` is called after each batch."""
    left, workers = range(rows.position.seen, part.last), work.settings.workers_beside(work.team.neighbours)
    for _ in rows.extend(
        represented(work.encoder, work.dataset, left, part.batch_size, work.settings.precision, workers)
    ):
        tell()


def _join(rows: RowFile, others: list[Part], dim: int) -> None:
    """Appends the finished parts, each of which goes once its rows are safe."""
    for part in others:
        if rows.position.seen < part.last:
            for _ in rows.extend(stored_rows(part, dim, rows.position.seen)):
                pass
            rows.save()
        remove_part(part)


def _finish(work: _Work, position: Position, seconds: float) -> None:
    if position.written:
        close_extraction(work.folder, position, work.encoder, work.dataset, work.settings.precision, seconds)
    # Nothing is kept of a run without one row: once the files can be read, the next one looks at them again.
    forget_position(work.folder / MATRIX)
    forget_plan(work.folder)
    if not position.written:
        raise DatasetError(
            f"No image of `{work.dataset.ref}` split `{work.dataset.split}` could be used. "
            f"The first of {position.seen:,}: {position.skipped[0][1]}"
        )
