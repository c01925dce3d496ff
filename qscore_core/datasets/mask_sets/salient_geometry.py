"""Salient ImageNet's masks in the geometry of the picture that they belong to.

A stored mask shows what is left of a picture after Resize(256) and CenterCrop(224). The authors' loader crops it a
second time; here it is laid back on the picture, so that picture and mask go through one geometry, whatever crop the
encoder takes. What lies outside the stored crop was never looked at and counts as outside the mask.
"""

import numpy as np
from PIL import Image

from qscore_core.errors import ImageError

RESIZE, CROP = 256, 224


def laid_back(mask: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A mask [224, 224] from 0 to 1 as float32 [height, width] of its picture; `size` is (width, height)."""
    width, height = size
    longer = int(RESIZE * max(size) / min(size))  # truncated, as torchvision does
    resized = (RESIZE, longer) if width <= height else (longer, RESIZE)
    left, top = (round((side - CROP) / 2) for side in resized)
    affine = (resized[0] / width, 0, -left, 0, resized[1] / height, -top)
    stored = Image.fromarray(mask.astype(np.float32))
    return np.asarray(stored.transform(size, Image.Transform.AFFINE, affine, Image.Resampling.BILINEAR))


def require_stored_size(mask: Image.Image, path: str) -> None:
    """Raises ImageError for a mask of another size than the set's."""
    if mask.size != (CROP, CROP):
        raise ImageError(
            f"Mask `{path}` should be {CROP}x{CROP}, as Salient ImageNet stores it. Found {mask.width}x{mask.height}."
        )
