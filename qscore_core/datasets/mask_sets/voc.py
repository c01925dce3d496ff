"""`voc:ROOT`: Pascal VOC's segmentation pictures; as torchvision lays them out.

ROOT is `VOCdevkit/VOC2012` (or another year) or a folder around it. A picture's label is the class that covers most of
its pixels, and the core is that class; other things in it and void pixels (255) are not core.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qscore_core.datasets.dataset import UNLABELLED, Dataset
from qscore_core.datasets.images import read_stored
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
from qscore_core.errors import ImageError
from qscore_core.progress import Meter, OnProgress, silent
from qscore_core.references import Reference
from qscore_core.workspace import Workspace

CLASSES = (
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow"),
    *("diningtable", "dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"),
)
SPLITS = ("train", "val", "trainval")
MASKS, LISTS = "SegmentationClass", "ImageSets/Segmentation"


@dataclass(frozen=True, eq=False)
class PaletteIndex:
    """The object is every pixel with the number of the picture's own class, None for a picture without one."""

    files: tuple[str, ...]
    numbers: tuple[int, ...]

    def __call__(self, row: int, size: tuple[int, int]) -> np.ndarray | None:
        if self.numbers[row] == 0:
            return None
        return read_values(self.files[row], size) == self.numbers[row]


def open_voc(
    reference: Reference, split: str | None, workspace: Workspace, on_progress: OnProgress = silent
) -> Dataset:
    """The pictures that the split's list names; reads their masks, off which the labels come."""
    chosen = choose_split(str(reference), split, voc_splits(reference, workspace))
    root = _root(reference)
    pictures, masks = files_by_stem(root / "JPEGImages"), files_by_stem(root / MASKS)
    names = [row[0] for row in text_rows(root / LISTS / f"{chosen}.txt", 1)]
    names = [name for name in names if name in pictures and name in masks]
    meter, numbers = Meter("reading labels off the masks", len(names), on_progress), []
    for done, name in enumerate(names, 1):
        numbers.append(_largest_class(masks[name]))
        meter.update(done)
    listing = Listing(
        root=root,
        ids=names,
        images=[pictures[name] for name in names],
        masks=[masks[name] for name in names],
        labels=[number - 1 if number else UNLABELLED for number in numbers],
        classes=CLASSES,
    )
    reader = PaletteIndex(tuple(map(str, listing.masks)), tuple(numbers))
    return listed(reference, chosen, listing, ObjectSource(listing.paths, reader, wants_background(reference)))


def voc_splits(reference: Reference, workspace: Workspace) -> tuple[str, ...]:
    """Those whose list is there."""
    del workspace
    reference.require_options({SPURIOUS})
    root = _root(reference)
    return tuple(split for split in SPLITS if (root / LISTS / f"{split}.txt").is_file())


def _root(reference: Reference) -> Path:
    return root_of(reference, ["VOCdevkit/VOC20*", "VOC20*"], markers=[MASKS])


def _largest_class(path: Path) -> int:
    """The class number from 1 with the most pixels, 0 where there is none."""
    values = np.asarray(read_stored(path))
    if values.ndim != 2:
        raise ImageError(f"Mask `{path}` should hold palette indices. Found {values.shape[-1]} channels.")
    counts = np.bincount(values.ravel(), minlength=256)[1 : len(CLASSES) + 1]
    return int(counts.argmax()) + 1 if counts.any() else 0
