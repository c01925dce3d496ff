"""Data sets: a table of images and a way to read each, named by one reference string.

>>> from qscore_core.datasets import open_dataset
>>> from qscore_core.workspace import Workspace
>>> len(open_dataset("habitats", "test", workspace=Workspace.at()))
1000
"""

from qscore_core.datasets.dataset import UNLABELLED, Dataset, ImageSource, Masks
from qscore_core.datasets.images import read_image
from qscore_core.datasets.known import DatasetEntry, known_datasets
from qscore_core.datasets.open import is_at_hand, open_dataset, splits_of

__all__ = [
    "UNLABELLED",
    "Dataset",
    "DatasetEntry",
    "ImageSource",
    "Masks",
    "is_at_hand",
    "known_datasets",
    "open_dataset",
    "read_image",
    "splits_of",
]
