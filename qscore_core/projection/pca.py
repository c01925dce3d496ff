"""Principal components of unit-length representations, in two passes over blocks of rows.

Memory holds one block, one r x r matrix and the result, however many images there are.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import scipy.linalg

from qscore_core.progress import Meter, OnProgress, silent
from qscore_core.representations import Representations


@dataclass(frozen=True, eq=False)
class Components:
    """`mean` [feature], `directions` [component, feature] of unit length, and the share of variance of each."""

    mean: np.ndarray
    directions: np.ndarray
    shares: np.ndarray
    images: int


def find_components(representations: Representations, count: int, rows: np.ndarray) -> Components:
    """The `count` directions of largest variance over the given rows, ascending row numbers."""
    total, product, seen = np.zeros(representations.dim), np.zeros((representations.dim,) * 2), 0
    for first, block in _unit_blocks(representations):
        chosen = rows[np.searchsorted(rows, first) : np.searchsorted(rows, first + len(block))] - first
        part = block[chosen]
        total += part.sum(axis=0, dtype=np.float64)
        product += part.T @ part
        seen += len(part)
    mean = total / max(seen, 1)
    covariance = product / max(seen, 1) - np.outer(mean, mean)
    count = min(count, representations.dim)
    last = representations.dim - 1
    values, vectors = scipy.linalg.eigh(covariance, subset_by_index=[last - count + 1, last])
    directions = _signed(vectors[:, ::-1].T)
    shares = np.maximum(values[::-1], 0) / max(float(np.trace(covariance)), np.finfo(float).tiny)
    return Components(mean, directions, shares, seen)


def coordinates(
    representations: Representations, components: Components, on_progress: OnProgress = silent
) -> np.ndarray:
    """float32 [image, component] of every image."""
    found = np.empty((representations.images, len(components.directions)), np.float32)
    meter = Meter("laying out", representations.images, on_progress)
    directions = components.directions.astype(np.float32)
    offset = (components.directions @ components.mean).astype(np.float32)
    for first, block in _unit_blocks(representations):
        found[first : first + len(block)] = block @ directions.T - offset
        meter.update(first + len(block))
    return found


def _unit_blocks(representations: Representations) -> Iterator[tuple[int, np.ndarray]]:
    first = 0
    for block in representations.blocks():
        norm = np.linalg.norm(block, axis=1, keepdims=True)
        yield first, np.divide(block, norm, out=np.zeros_like(block), where=norm > 0)
        first += len(block)


def _signed(directions: np.ndarray) -> np.ndarray:
    """Each direction turned so that its largest entry is positive: an eigenvector alone has no sign."""
    largest = np.abs(directions).argmax(axis=1)
    return directions * np.where(directions[np.arange(len(directions)), largest] < 0, -1.0, 1.0)[:, None]
