"""`cub:ROOT`: Caltech-UCSD Birds 200-2011 with soft segmentations, which average several annotators.

ROOT is `CUB_200_2011` or the folder around it; the segmentations come as a file of their own and are looked for inside
and beside it, or where `segmentations=` says.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qscore_core.datasets.dataset import Dataset
from qscore_core.datasets.images import read_image
from qscore_core.datasets.mask_sets.object_masks import (
    SPURIOUS,
    Listing,
    ObjectSource,
    listed,
    option_path,
    root_of,
    text_rows,
    wants_background,
)
from qscore_core.datasets.sources import fitted
from qscore_core.datasets.splits import choose_split
from qscore_core.errors import DatasetError
from qscore_core.progress import OnProgress, silent
from qscore_core.references import Reference
from qscore_core.workspace import Workspace

FOLDER, LIST, SEGMENTATIONS = "CUB_200_2011", "images.txt", "segmentations"
SPLITS = {"train": "1", "test": "0"}  # as train_test_split.txt marks them


@dataclass(frozen=True, eq=False)
class SoftSegmentations:
    """Grey from 0 to 255 as a share from 0 to 1; None where a picture has no file."""

    files: tuple[str | None, ...]

    def __call__(self, row: int, size: tuple[int, int]) -> np.ndarray | None:
        file = self.files[row]
        return None if file is None else np.asarray(fitted(read_image(file).convert("L"), file, size), np.float32) / 255


def open_cub(
    reference: Reference, split: str | None, workspace: Workspace, on_progress: OnProgress = silent
) -> Dataset:
    """The pictures of a split; opens none."""
    del on_progress
    chosen = choose_split(str(reference), split, cub_splits(reference, workspace))
    root = root_of(reference, [FOLDER], markers=[LIST])
    paths, classes, sides = (_values(root / name) for name in (LIST, "image_class_labels.txt", "train_test_split.txt"))
    numbers = [number for number in paths if sides.get(number) == SPLITS[chosen] and number in classes]
    names = {int(classes[number]): paths[number].split("/")[0] for number in classes if number in paths}
    segmentations = find_segmentations(reference, [root, root.parent])
    masks = [segmentations / Path(paths[number]).with_suffix(".png") for number in numbers]
    there = [mask if mask.is_file() else None for mask in masks]
    listing = Listing(
        root=root,
        ids=[paths[number] for number in numbers],
        images=[root / "images" / paths[number] for number in numbers],
        masks=[mask for mask in there if mask],
        labels=[int(classes[number]) - 1 for number in numbers],
        classes=tuple(names.get(number, str(number)) for number in range(1, max(names, default=0) + 1)),
    )
    reader = SoftSegmentations(tuple(mask and str(mask) for mask in there))
    return listed(reference, chosen, listing, ObjectSource(listing.paths, reader, wants_background(reference)))


def cub_splits(reference: Reference, workspace: Workspace) -> tuple[str, ...]:
    """Train and test."""
    del workspace
    reference.require_options({SEGMENTATIONS, SPURIOUS})
    root_of(reference, [FOLDER], markers=[LIST])
    return tuple(SPLITS)


def find_segmentations(reference: Reference, bases: Sequence[Path]) -> Path:
    """The folder `segmentations/<class>/<name>.png`. Raises DatasetError where it is not found."""
    given = option_path(reference, SEGMENTATIONS)
    for folder in [given] if given else [base / SEGMENTATIONS for base in bases]:
        if folder.is_dir():
            return folder
    raise DatasetError(
        f"`{reference}` needs CUB's segmentations (segmentations.tgz), `{SEGMENTATIONS}/<class>/<name>.png`. "
        f"Found none in {', '.join(f'`{base}`' for base in bases)}; say where with `{SEGMENTATIONS}=PATH`."
    )


def _values(path: Path) -> dict[str, str]:
    """By number of picture."""
    return {row[0]: row[1] for row in text_rows(path, 2)}
