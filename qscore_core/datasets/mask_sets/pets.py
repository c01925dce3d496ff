"""`pets:ROOT`: Oxford-IIIT Pets, 37 breeds of cats and dogs with trimaps; as torchvision lays it out.

ROOT is `oxford-iiit-pet` or the folder around it. A trimap holds 1 for the animal, 2 for the background and 3 for the
border between, which is not core unless `border=core` says so.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qscore_core.datasets.dataset import Dataset
from qscore_core.datasets.mask_sets.imagenet_files import files_by_stem
from qscore_core.datasets.mask_sets.object_masks import (
    SPURIOUS,
    Listing,
    ObjectSource,
    listed,
    root_of,
    text_rows,
    wants_background,
)
from qscore_core.datasets.sources import read_values
from qscore_core.datasets.splits import choose_split
from qscore_core.errors import BadReferenceError
from qscore_core.progress import OnProgress, silent
from qscore_core.references import Reference
from qscore_core.workspace import Workspace

FOLDER, LISTS, TRIMAPS = "oxford-iiit-pet", "annotations", "annotations/trimaps"
SPLITS = ("trainval", "test")
ANIMAL, BORDER = 1, 3


@dataclass(frozen=True, eq=False)
class Trimaps:
    """The object is every pixel with one of the `values`."""

    files: tuple[str, ...]
    values: tuple[int, ...]

    def __call__(self, row: int, size: tuple[int, int]) -> np.ndarray:
        return np.isin(read_values(self.files[row], size), self.values)


def open_pets(
    reference: Reference, split: str | None, workspace: Workspace, on_progress: OnProgress = silent
) -> Dataset:
    """The pictures that the split's list names; opens none."""
    del on_progress
    chosen = choose_split(str(reference), split, pets_splits(reference, workspace))
    root = _root(reference)
    pictures, trimaps = files_by_stem(root / "images"), files_by_stem(root / TRIMAPS)
    rows = [row for row in text_rows(root / LISTS / f"{chosen}.txt", 2) if row[0] in pictures and row[0] in trimaps]
    breeds = {int(row[1]): row[0].rpartition("_")[0] for row in rows}
    classes = tuple(breeds.get(number, str(number)) for number in range(1, max(breeds, default=0) + 1))
    listing = Listing(
        root=root,
        ids=[row[0] for row in rows],
        images=[pictures[row[0]] for row in rows],
        masks=[trimaps[row[0]] for row in rows],
        labels=[int(row[1]) - 1 for row in rows],
        classes=classes,
    )
    values = (ANIMAL, BORDER) if _border_is_core(reference) else (ANIMAL,)
    reader = Trimaps(tuple(map(str, listing.masks)), values)
    return listed(reference, chosen, listing, ObjectSource(listing.paths, reader, wants_background(reference)))


def pets_splits(reference: Reference, workspace: Workspace) -> tuple[str, ...]:
    """Those whose list is there."""
    del workspace
    reference.require_options({"border", SPURIOUS})
    _border_is_core(reference)
    root = _root(reference)
    return tuple(split for split in SPLITS if (root / LISTS / f"{split}.txt").is_file())


def _root(reference: Reference) -> Path:
    return root_of(reference, [FOLDER], markers=[TRIMAPS])


def _border_is_core(reference: Reference) -> bool:
    value = reference.options.get("border")
    if value not in (None, "core"):
        raise BadReferenceError(f"Reference `{reference}`: `border` should be `core`. Found `{value}`.")
    return value == "core"
