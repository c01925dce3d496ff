"""One value for every data set: a table of rows and a way to read the picture of a row."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from PIL import Image

UNLABELLED = -1


@dataclass(frozen=True, eq=False)
class Masks:
    """Where the core and the spurious attributes of one picture are, [height, width]; None if unknown.

    A hard mask is a bool array, a soft one float32 from 0 (outside) to 1 (inside).
    """

    core: np.ndarray | None
    spurious: np.ndarray | None


class ImageSource(Protocol):
    """Reads pictures by row number. Picklable, so that worker processes can read in parallel."""

    def image(self, row: int) -> Image.Image:
        """The picture of a row as RGB, as a viewer would show it. Raises ImageError naming the file."""
        ...

    def masks(self, row: int) -> Masks | None:
        """The masks of a row in the picture's own geometry, None when the set has none."""
        ...


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images of one split, in a fixed order.

    `table` has one row an image: `id` (unique text), `path` (text), `label` (index into `classes`, -1 unlabelled) and
    whatever else the set knows of an image. `digest` names the listing: it changes when a file is added, removed or
    modified. `source.image(row)` gives the picture.
    """

    ref: str
    split: str
    classes: tuple[str, ...]
    table: pd.DataFrame
    source: ImageSource
    digest: str
    has_masks: bool = False

    def __len__(self) -> int:
        return len(self.table)

    @property
    def labels(self) -> np.ndarray:
        """Class index of each image, int64 [image]; -1 where unlabelled."""
        return self.table["label"].to_numpy(np.int64)

    @property
    def labelled(self) -> bool:
        return bool(self.classes) and bool((self.labels >= 0).all())

    def class_names(self) -> np.ndarray:
        """Name of each image's class, object array [image]; empty text where unlabelled."""
        names = np.array([*self.classes, ""], dtype=object)
        return names[self.labels]
