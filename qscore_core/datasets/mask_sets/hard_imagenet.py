"""`hard-imagenet:ROOT?imagenet=ROOT`: object masks of 15 ImageNet classes with strong false clues.

Moayeri et al., NeurIPS 2022. ROOT is `hardImageNet`, with `train` and `val` of masks named `<wnid>_<picture's name>`.
Its pickled lists are not needed and never read.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from qscore_core.datasets.dataset import Dataset
from qscore_core.datasets.mask_sets.imagenet_files import WNID, files_by_stem, imagenet_split
from qscore_core.datasets.mask_sets.object_masks import (
    SPURIOUS,
    Listing,
    ObjectSource,
    listed,
    root_of,
    wants_background,
)
from qscore_core.datasets.sources import read_values
from qscore_core.datasets.splits import choose_split
from qscore_core.errors import BadReferenceError
from qscore_core.progress import OnProgress, silent
from qscore_core.references import Reference
from qscore_core.workspace import Workspace

FOLDER = "hardImageNet"
SPLITS = ("train", "val")


@dataclass(frozen=True, eq=False)
class AnythingAboveZero:
    """The object is every pixel with a value above 0 in any channel, as in the authors' loader."""

    files: tuple[str, ...]

    def __call__(self, row: int, size: tuple[int, int]) -> np.ndarray:
        values = read_values(self.files[row], size)
        return (values if values.ndim == 2 else values[..., :3].max(axis=-1)) > 0


def open_hard_imagenet(
    reference: Reference, split: str | None, workspace: Workspace, on_progress: OnProgress = silent
) -> Dataset:
    """One row a mask whose picture is there; opens no image."""
    del on_progress
    chosen = choose_split(str(reference), split, hard_imagenet_splits(reference, workspace))
    root = _root(reference)
    masks = {stem: path for stem, path in files_by_stem(root / chosen).items() if WNID.fullmatch(stem[:9])}
    imagenet = imagenet_split(Path(reference.options["imagenet"]).expanduser(), chosen, reference)
    classes = tuple(sorted({stem[:9] for stem in masks}))
    pictures = {wnid: imagenet.pictures(wnid) for wnid in classes}
    found = [(stem, pictures[stem[:9]].get(stem[10:]), path) for stem, path in masks.items()]
    rows = [(stem, picture, path) for stem, picture, path in found if picture is not None]
    listing = Listing(
        root=root,
        ids=[stem for stem, _, _ in rows],
        images=[picture for _, picture, _ in rows],
        masks=[path for _, _, path in rows],
        labels=[classes.index(stem[:9]) for stem, _, _ in rows],
        classes=classes,
    )
    reader = AnythingAboveZero(tuple(map(str, listing.masks)))
    return listed(reference, chosen, listing, ObjectSource(listing.paths, reader, wants_background(reference)))


def hard_imagenet_splits(reference: Reference, workspace: Workspace) -> tuple[str, ...]:
    """Those of train and val whose masks are there."""
    del workspace
    reference.require_options({"imagenet", SPURIOUS})
    if "imagenet" not in reference.options:
        raise BadReferenceError(
            f"Reference `{reference}` should say where ImageNet's pictures are: `?imagenet=PATH`, with "
            "`val/<wnid>/<name>.JPEG` inside. They are not part of Hard ImageNet."
        )
    root = _root(reference)
    return tuple(split for split in SPLITS if (root / split).is_dir())


def _root(reference: Reference) -> Path:
    return root_of(reference, [FOLDER], markers=SPLITS)
