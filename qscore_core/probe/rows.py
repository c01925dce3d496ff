"""Rows of a representation matrix and their labels: checked, and read in blocks so that a memory map is fine."""

from collections.abc import Iterator

import numpy as np
from jaxtyping import Float, Int
from sklearn.preprocessing import normalize as unit_length

from qscore_core.errors import RepresentationError

BLOCK_ROWS = 8192


def blocks(images: int) -> Iterator[slice]:
    """Consecutive slices that cover all images."""
    return (slice(start, min(start + BLOCK_ROWS, images)) for start in range(0, images, BLOCK_ROWS))


def prepared(rows: Float[np.ndarray, "image feature"], normalize: bool) -> Float[np.ndarray, "image feature"]:
    """The rows in float64, of length one where `normalize` says so; a row of zeros stays as it is."""
    exact = rows.astype(np.float64)
    return unit_length(exact, copy=False) if normalize and len(exact) else exact


def require_finite(representations: Float[np.ndarray, "image feature"]) -> None:
    """Refuses NaN and infinite entries, naming how many images have them."""
    broken = [
        block.start + np.flatnonzero(~np.isfinite(representations[block]).all(axis=1))
        for block in blocks(len(representations))
    ]
    found = np.concatenate([np.empty(0, int), *broken])
    if len(found):
        raise RepresentationError(
            f"`representations` should be finite. Found NaN or infinite entries in {len(found):,} of "
            f"{len(representations):,} images, first in image {found[0]}. Leave these images out or extract them again."
        )


def require_labels(images: int, labels: Int[np.ndarray, " label"], classes: int) -> None:
    """Refuses labels that do not name one of the classes for each of the images."""
    if len(labels) != images:
        raise RepresentationError(
            f"`labels` should hold one entry per image. Found {len(labels):,} labels for {images:,} images."
        )
    unlabelled = int((labels == -1).sum())
    if unlabelled:
        raise RepresentationError(
            f"`labels` should name a class for every image. Found {unlabelled:,} unlabelled (-1) of {images:,} images; "
            "a linear probe needs labels: leave these images out or label them."
        )
    outside = labels[(labels < 0) | (labels >= classes)]
    if len(outside):
        raise RepresentationError(
            f"`labels` should lie between 0 and {classes - 1} for {classes} classes. Found {outside[0]}."
        )


def require_two_classes(labels: Int[np.ndarray, " label"]) -> None:
    """Refuses labels among which there is nothing to tell apart."""
    present = np.unique(labels)
    if len(present) < 2:
        found = "no image" if len(present) == 0 else f"only class {present[0]}"
        raise RepresentationError(
            f"`labels` should hold at least 2 classes for a linear probe. Found {found}. "
            "Use a split or a data set with more classes."
        )
