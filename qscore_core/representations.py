"""Representations of a split on disk: a matrix h [image, dim], a table of its rows, and what could not be read."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from qscore_core.activation_index import FLOOR, ActivationIndex, rows_per_block
from qscore_core.datasets.dataset import UNLABELLED
from qscore_core.errors import RepresentationError, WorkspaceError
from qscore_core.index_file import FORMAT, load_index, write_index
from qscore_core.progress import OnProgress, silent
from qscore_core.workspace import MANIFEST, Workspace, is_whole, read_json, write_json, writing

MATRIX, TABLE = "matrix.f32", "table.parquet"


@dataclass(frozen=True)
class Skipped:
    """An image that gave no representation, and why."""

    id: str
    path: str
    reason: str


@dataclass(frozen=True, eq=False)
class Representations:
    """N rows of r features in data-set order, memory-mapped.

    `table` holds `id, path, label, split` and the data set's other columns; `classes` the names behind `label`.
    """

    folder: Path
    ref: str
    split: str
    table: pd.DataFrame
    classes: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    digest: str
    dim: int
    about: Mapping[str, Any]

    @property
    def images(self) -> int:
        return len(self.table)

    @cached_property
    def matrix(self) -> np.ndarray:
        """float32 [image, dim], read from disk as it is needed."""
        return np.memmap(self.folder / MATRIX, np.float32, mode="r", shape=(self.images, self.dim))

    def blocks(self) -> Iterator[np.ndarray]:
        """The matrix in blocks of rows, read instead of mapped: a whole pass holds one block in memory."""
        rows = rows_per_block(self.dim)
        with (self.folder / MATRIX).open("rb") as file:
            for first in range(0, self.images, rows):
                count = min(rows, self.images - first)
                yield np.fromfile(file, np.float32, count * self.dim).reshape(count, self.dim)

    @cached_property
    def labels(self) -> np.ndarray:
        """int64 [image], shared by all who ask: not to be written to."""
        return self.table["label"].to_numpy(np.int64)

    @cached_property
    def labelled(self) -> bool:
        return bool(self.classes) and bool((self.labels != UNLABELLED).all())

    def class_names(self) -> np.ndarray:
        """Name of each image's class, object array [image]; empty text where unlabelled."""
        return self._class_names

    @cached_property
    def _indexes(self) -> dict[Path, ActivationIndex]:
        """Those that were opened, by folder: analyses at many settings share one, 10 MB at 100,000 images."""
        return {}

    @cached_property
    def _class_names(self) -> np.ndarray:
        return np.array([*self.classes, ""], dtype=object)[self.labels]


def close_artefact(
    folder: Path, table: pd.DataFrame, classes: tuple[str, ...], skipped: list[Skipped], manifest: dict[str, Any]
) -> None:
    """Writes the table and then the manifest, which makes the artefact valid."""
    with writing(folder):
        table.to_parquet(folder / TABLE, index=False)
    about = {**manifest, "images": len(table), "classes": list(classes), "skipped": [asdict(s) for s in skipped]}
    write_json(folder / MANIFEST, about)


def open_representations(folder: Path) -> Representations:
    """Opens a finished artefact. Raises WorkspaceError where it is unfinished or its matrix was cut."""
    if not is_whole(folder):
        raise WorkspaceError(f"`{folder}` holds no finished representations; run `extract` to make or finish them.")
    about, matrix = read_json(folder / MANIFEST), folder / MATRIX
    expected, found = 4 * about["images"] * about["dim"], matrix.stat().st_size if matrix.is_file() else 0
    if expected != found:
        raise WorkspaceError(
            f"`{matrix}` should hold {expected:,} bytes. Found {found:,}. Delete the folder and extract again."
        )
    return Representations(
        folder=folder,
        ref=about["ref"],
        split=about["split"],
        table=pd.read_parquet(folder / TABLE),
        classes=tuple(about["classes"]),
        skipped=tuple(Skipped(**s) for s in about["skipped"]),
        digest=about["digest"],
        dim=about["dim"],
        about=about,
    )


def index_of(
    representations: Representations,
    workspace: Workspace,
    *,
    epsilon: float = FLOOR,
    two_sided: bool = False,
    on_progress: OnProgress = silent,
) -> ActivationIndex:
    """The activation index beside the matrix, built on first use; it answers every epsilon >= min(2, `epsilon`)."""
    floor = min(FLOOR, epsilon)
    folder = representations.folder / f"index{FORMAT}-{floor:g}{'-two-sided' if two_sided else ''}"
    if not is_whole(folder):
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with workspace.lock(folder, wait_seconds=3600):
            if not is_whole(folder):
                _require_variation(representations)
                write_index(
                    representations.blocks(),
                    representations.images,
                    folder,
                    floor=floor,
                    two_sided=two_sided,
                    on_progress=on_progress,
                )
    known = representations._indexes
    if folder not in known:
        known[folder] = load_index(folder)
    return known[folder]


def _require_variation(representations: Representations) -> None:
    if representations.images == 0:
        raise RepresentationError(f"`{representations.ref}` split `{representations.split}` holds no representation.")
    if all((np.ptp(block, axis=1) == 0).all() for block in representations.blocks()):
        raise RepresentationError(
            f"Every representation of `{representations.ref}` split `{representations.split}` is constant over its "
            f"{representations.dim} features, so no feature stands out in any image. The encoder has collapsed or its "
            "weights were not loaded."
        )
