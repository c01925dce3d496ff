"""`imagenet-s:ROOT`: ImageNet-S with 50, 300 or 919 classes, pixel-wise labels of ImageNet pictures.

Gao et al., TPAMI 2022 (arXiv 2106.03149). ROOT is `ImageNetS919` (or 300, 50) as its preparation script leaves it. A
mask's colours hold a class number R + 256 G: 0 for other things, 1000 for pixels to ignore, else the place of the wnid
in the sorted list of the set's classes, from 1. The core is the picture's own class; the rest is not.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qscore_core.datasets.dataset import Dataset
from qscore_core.datasets.mask_sets.imagenet_files import WNID, files_by_stem, wnid_folders
from qscore_core.datasets.mask_sets.object_masks import (
    SPURIOUS,
    Listing,
    ObjectSource,
    listed,
    option_path,
    root_of,
    wants_background,
)
from qscore_core.datasets.sources import read_values
from qscore_core.datasets.splits import choose_split
from qscore_core.errors import DatasetError, ImageError
from qscore_core.progress import OnProgress, silent
from qscore_core.references import Reference
from qscore_core.workspace import Workspace

SIZES = (50, 300, 919)
SPLITS = ("train-semi", "validation")
MASKS = "-segmentation"


@dataclass(frozen=True, eq=False)
class OwnClass:
    """The object is every pixel with the number of the picture's own class."""

    files: tuple[str, ...]
    numbers: tuple[int, ...]

    def __call__(self, row: int, size: tuple[int, int]) -> np.ndarray:
        values = read_values(self.files[row], size)
        if values.ndim != 3:
            raise ImageError(f"Mask `{self.files[row]}` should hold a class number in red and green. Found grey.")
        return values[..., 0].astype(int) + 256 * values[..., 1].astype(int) == self.numbers[row]


def open_imagenet_s(
    reference: Reference, split: str | None, workspace: Workspace, on_progress: OnProgress = silent
) -> Dataset:
    """One row a picture with a mask; opens no image."""
    del on_progress
    chosen = choose_split(str(reference), split, imagenet_s_splits(reference, workspace))
    root = _root(reference)
    classes = _classes(reference, root, chosen)
    rows = [
        (f"{wnid}/{stem}", pictures[stem], mask, label)
        for label, wnid in enumerate(classes)
        if (pictures := files_by_stem(root / chosen / wnid))
        for stem, mask in files_by_stem(root / (chosen + MASKS) / wnid).items()
        if stem in pictures
    ]
    ids, images, masks, labels = zip(*rows, strict=True) if rows else ((),) * 4
    listing = Listing(root, ids, images, masks, labels, classes)
    reader = OwnClass(tuple(map(str, masks)), tuple(label + 1 for label in labels))
    return listed(reference, chosen, listing, ObjectSource(listing.paths, reader, wants_background(reference)))


def imagenet_s_splits(reference: Reference, workspace: Workspace) -> tuple[str, ...]:
    """Those with masks that are there; the test split's are not public."""
    del workspace
    reference.require_options({"categories", SPURIOUS})
    root = _root(reference)
    return tuple(split for split in SPLITS if (root / (split + MASKS)).is_dir())


def _root(reference: Reference) -> Path:
    return root_of(reference, ["ImageNetS919", "ImageNetS*"], markers=[split + MASKS for split in SPLITS])


def _classes(reference: Reference, root: Path, split: str) -> tuple[str, ...]:
    """All classes in order; their places are the numbers in the masks, so that none may be missing."""
    categories = option_path(reference, "categories")
    if categories is not None:
        return tuple(sorted(WNID.findall(categories.read_text())))
    classes = tuple(wnid_folders(root / (split + MASKS)))
    if len(classes) not in SIZES:
        raise DatasetError(
            f"`{root / (split + MASKS)}` should hold a folder for each of {', '.join(map(str, SIZES))} classes, whose "
            f"order gives the numbers in the masks. Found {len(classes)}. Name the list of classes with "
            "`categories=PATH` (ImageNetS_categories_im919.txt of github.com/LUSSeg/ImageNet-S)."
        )
    return classes
