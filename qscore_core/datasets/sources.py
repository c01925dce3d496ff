"""Pictures by row number from files. Picklable, and the same in a forked and in a spawned worker."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from qscore_core.datasets.dataset import Masks
from qscore_core.datasets.images import read_image, read_size, read_stored
from qscore_core.errors import ImageError

MASK_THRESHOLD = 127
ASPECT_TOLERANCE = 0.02


@dataclass(frozen=True, eq=False)
class FileSource:
    """One file a row; mask files where the set has them, None for a row without."""

    paths: tuple[str, ...]
    core_masks: tuple[str | None, ...] | None = None
    spurious_masks: tuple[str | None, ...] | None = None

    def image(self, row: int) -> Image.Image:
        return read_image(self.paths[row])

    def masks(self, row: int) -> Masks | None:
        files = [masks[row] if masks else None for masks in (self.core_masks, self.spurious_masks)]
        if not any(files):
            return None
        size = read_size(self.paths[row])
        return Masks(*(read_mask(file, size) if file else None for file in files))


def read_mask(path: str, size: tuple[int, int]) -> np.ndarray:
    """A mask as bool [height, width]: grey above 127, in a 1-bit file every set pixel. `size` is (width, height).

    A mask of another resolution is brought to the picture's without new values. Raises ImageError where the file
    cannot be read or its shape is not the picture's.
    """
    return np.asarray(fitted(read_image(path).convert("L"), path, size)) > MASK_THRESHOLD


def read_values(path: str, size: tuple[int, int]) -> np.ndarray:
    """What the file of a mask holds (palette indices, ids in colours), [height, width] or [height, width, channel].

    Brought to `size` and raising as `read_mask` does.
    """
    return np.asarray(fitted(read_stored(path), path, size))


def fitted(mask: Image.Image, path: str, size: tuple[int, int]) -> Image.Image:
    """A mask at its picture's size, without new values. Raises ImageError where its shape is not the picture's."""
    (width, height), (mask_width, mask_height) = size, mask.size
    if abs(mask_width * height / (mask_height * width) - 1) > ASPECT_TOLERANCE:
        raise ImageError(
            f"Mask `{path}` should have the shape of its picture ({width}x{height}). Found {mask_width}x{mask_height}."
        )
    return mask if mask.size == size else mask.resize(size, Image.Resampling.NEAREST)
