"""`habitats`: the built-in pictures, drawn into the workspace on first use and read from memory maps afterwards."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from qscore_core.datasets.dataset import Dataset, Masks
from qscore_core.datasets.habitats import CLASSES, SEED, SPLITS, VERSION, draw_split
from qscore_core.datasets.splits import choose_split
from qscore_core.errors import BadReferenceError
from qscore_core.progress import Meter, OnProgress, silent
from qscore_core.references import Reference
from qscore_core.workspace import MANIFEST, Workspace, digest_of, is_whole, write_json, writing

KIND = "habitats"
WAIT_SECONDS = 600.0  # for another process that draws the same pictures


@dataclass(frozen=True)
class Drawing:
    """What fixes the pictures of a split."""

    split: str
    count: int
    seed: int = SEED
    version: int = VERSION

    @property
    def digest(self) -> str:
        return digest_of(self)


class HabitatsSource:
    """Reads a stored drawing. A worker process gets the folder's name and opens its own memory maps."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[type["HabitatsSource"], tuple[Path]]:
        return HabitatsSource, (self.folder,)

    @cached_property
    def images(self) -> np.ndarray:
        """uint8 [image, height, width, channel]."""
        return np.load(self.folder / "images.npy", mmap_mode="r")

    @cached_property
    def _masks(self) -> tuple[np.ndarray, np.ndarray]:
        return tuple(np.load(self.folder / f"{name}.npy", mmap_mode="r") for name in ("core", "spurious"))

    def image(self, row: int) -> Image.Image:
        return Image.fromarray(self.images[row])

    def masks(self, row: int) -> Masks:
        width = self.images.shape[2]
        return Masks(*(np.unpackbits(packed[row], axis=-1, count=width).astype(bool) for packed in self._masks))


def open_habitats(
    reference: Reference, split: str | None, workspace: Workspace, on_progress: OnProgress = silent
) -> Dataset:
    """One split of the built-in set. `habitats?count=200` takes the first images only, `?seed=` draws others."""
    drawing = _drawing(reference, choose_split(str(reference), split, tuple(SPLITS)))
    folder = _stored(drawing, workspace, on_progress)
    table = pd.read_parquet(folder / "table.parquet")
    source = HabitatsSource(folder)
    return Dataset(str(reference), drawing.split, CLASSES, table, source, drawing.digest, has_masks=True)


def habitats_splits(reference: Reference, workspace: Workspace) -> tuple[str, ...]:
    del workspace
    _drawing(reference, "train")
    return tuple(SPLITS)


def is_drawn(reference: Reference, split: str, workspace: Workspace) -> bool:
    """Whether this workspace holds the pictures of a split already."""
    return is_whole(workspace.root / KIND / _drawing(reference, split).digest)


def stored_pictures(workspace: Workspace, split: str) -> np.ndarray | None:
    """The pictures of a whole split as a memory map if this workspace has drawn them; draws nothing."""
    folder = workspace.root / KIND / Drawing(split, SPLITS[split]).digest
    return HabitatsSource(folder).images if is_whole(folder) else None


def _drawing(reference: Reference, split: str) -> Drawing:
    reference.require_options({"count", "seed"})
    if reference.body:
        raise BadReferenceError(f"Reference `{reference}` should be `habitats` alone. Found `{reference.body}` behind.")
    numbers = {}
    for option, value in reference.options.items():
        if not value.isdecimal() or (option == "count" and int(value) < 1):
            raise BadReferenceError(f"Reference `{reference}`: `{option}` should be a whole number. Found `{value}`.")
        numbers[option] = int(value)
    count = min(numbers.pop("count", SPLITS[split]), SPLITS[split])
    return Drawing(split, count, **numbers)


def _stored(drawing: Drawing, workspace: Workspace, on_progress: OnProgress) -> Path:
    folder = workspace.artefact(KIND, drawing.digest)
    if not is_whole(folder):
        with workspace.lock(folder, wait_seconds=WAIT_SECONDS):
            if not is_whole(folder):  # another process may have drawn them while this one waited
                _draw(drawing, folder, on_progress)
    return folder


def _draw(drawing: Drawing, folder: Path, on_progress: OnProgress) -> None:
    meter = Meter(f"Drawing Habitats, {drawing.split}", drawing.count, on_progress)
    drawn = draw_split(
        drawing.split, count=drawing.count, seed=drawing.seed, on_progress=lambda done, _: meter.update(done)
    )
    ids = [f"habitats/{drawing.split}/{row:05d}" for row in range(drawing.count)]
    table = drawn.table.copy()
    table.insert(0, "id", ids)
    table.insert(1, "path", ids)
    with writing(folder):
        np.save(folder / "images.npy", drawn.images)
        np.save(folder / "core.npy", np.packbits(drawn.core, axis=-1))
        np.save(folder / "spurious.npy", np.packbits(drawn.spurious, axis=-1))
        table.to_parquet(folder / "table.parquet")
    write_json(folder / MANIFEST, drawing)  # last: from here on the pictures count as whole
