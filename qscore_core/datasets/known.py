"""The data sets that can be named without a path, for the CLI and the app."""

from dataclasses import dataclass

from qscore_core.datasets.habitats import CLASSES, SPLITS
from qscore_core.workspace import Workspace


@dataclass(frozen=True)
class DatasetEntry:
    """One row of the list; `images` counts all splits together, `masks` says whether there are any."""

    ref: str
    splits: tuple[str, ...]
    images: int
    classes: int
    masks: bool


def known_datasets(workspace: Workspace) -> list[DatasetEntry]:
    """The built-in set; whatever else can be opened is named by a path or by torchvision."""
    del workspace
    return [DatasetEntry("habitats", tuple(SPLITS), sum(SPLITS.values()), len(CLASSES), masks=True)]
