"""One table from schemes to the functions that open them."""

from collections.abc import Callable
from typing import NamedTuple

from qscore_core.datasets.dataset import Dataset
from qscore_core.datasets.folder import folder_splits, open_folder
from qscore_core.datasets.habitats_set import habitats_splits, is_drawn, open_habitats
from qscore_core.datasets.mask_sets.cub import cub_splits, open_cub
from qscore_core.datasets.mask_sets.hard_imagenet import hard_imagenet_splits, open_hard_imagenet
from qscore_core.datasets.mask_sets.imagenet_boxes import imagenet_boxes_splits, open_imagenet_boxes
from qscore_core.datasets.mask_sets.imagenet_s import imagenet_s_splits, open_imagenet_s
from qscore_core.datasets.mask_sets.pets import open_pets, pets_splits
from qscore_core.datasets.mask_sets.salient_imagenet import open_salient_imagenet, salient_imagenet_splits
from qscore_core.datasets.mask_sets.voc import open_voc, voc_splits
from qscore_core.datasets.mask_sets.waterbirds import open_waterbirds, waterbirds_splits
from qscore_core.datasets.table import open_table, table_splits
from qscore_core.datasets.torchvision_sets import open_torchvision, torchvision_splits
from qscore_core.progress import OnProgress, silent
from qscore_core.references import Reference, parse_reference
from qscore_core.workspace import Workspace


class Scheme(NamedTuple):
    """How a kind of data set is opened and which splits it has."""

    open: Callable[[Reference, str | None, Workspace, OnProgress], Dataset]
    splits: Callable[[Reference, Workspace], tuple[str, ...]]


SCHEMES = {
    "habitats": Scheme(open_habitats, habitats_splits),
    "folder": Scheme(open_folder, folder_splits),
    "table": Scheme(open_table, table_splits),
    "torchvision": Scheme(open_torchvision, torchvision_splits),
    "salient-imagenet": Scheme(open_salient_imagenet, salient_imagenet_splits),
    "hard-imagenet": Scheme(open_hard_imagenet, hard_imagenet_splits),
    "imagenet-s": Scheme(open_imagenet_s, imagenet_s_splits),
    "imagenet-boxes": Scheme(open_imagenet_boxes, imagenet_boxes_splits),
    "pets": Scheme(open_pets, pets_splits),
    "voc": Scheme(open_voc, voc_splits),
    "cub": Scheme(open_cub, cub_splits),
    "waterbirds": Scheme(open_waterbirds, waterbirds_splits),
}


def open_dataset(
    ref: str, split: str | None = None, *, workspace: Workspace, on_progress: OnProgress = silent
) -> Dataset:
    """One split of the data set that a reference names; `None` takes the only split there is.

    Raises BadReferenceError for a reference that cannot be understood and DatasetError for a set that cannot be opened.
    """
    reference = parse_reference(ref, tuple(SCHEMES))
    return SCHEMES[reference.scheme].open(reference, split, workspace, on_progress)


def splits_of(ref: str, workspace: Workspace) -> tuple[str, ...]:
    """Names of the splits; lists files where it must, opens no image and downloads nothing."""
    reference = parse_reference(ref, tuple(SCHEMES))
    return SCHEMES[reference.scheme].splits(reference, workspace)


def is_at_hand(ref: str, split: str, workspace: Workspace) -> bool:
    """Whether opening the split only lists what is there; the built-in pictures must be drawn once before."""
    reference = parse_reference(ref, tuple(SCHEMES))
    return reference.scheme != "habitats" or is_drawn(reference, split, workspace)
