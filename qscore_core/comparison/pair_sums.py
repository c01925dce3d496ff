"""One pass over the rows of two encoders that adds up what CKA and correlations of features follow from.

Rows are brought to unit L2 norm, as everywhere in the paper, and centred on each encoder's mean, which takes a pass of
its own and keeps the float64 sums exact where means are large. Memory holds a block of rows and an r1 x r2 matrix,
whatever the number of images.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from qscore_core.progress import Meter, OnProgress, silent

BLOCK_ENTRIES = 1 << 22


@dataclass(frozen=True, eq=False)
class OwnSums:
    """Sums over the images of one encoder's centred unit rows x_i, with n_i = x_i . x_i.

    `gram` of x_i x_i^T, `norms` of n_i, `norms_square` of n_i^2.
    """

    gram: Float[np.ndarray, "feature feature"]
    norms: float
    norms_square: float

    @property
    def variances(self) -> Float[np.ndarray, " feature"]:
        """Sum of squares of each feature."""
        return np.diag(self.gram)


@dataclass(frozen=True, eq=False)
class PairSums:
    """`cross` of x_i y_i^T and `norms` of (x_i . x_i)(y_i . y_i), beside what each encoder has alone."""

    images: int
    first: OwnSums
    second: OwnSums
    cross: Float[np.ndarray, "first second"]
    norms: float


def pair_sums(
    first: Float[np.ndarray, "row first"],
    second: Float[np.ndarray, "other_row second"],
    places: tuple[Int[np.ndarray, " shared"], Int[np.ndarray, " shared"]],
    on_progress: OnProgress = silent,
) -> PairSums:
    """Sums over shared images; `places` are their rows in each matrix, which may be memory-mapped."""
    images = len(places[0])
    x, y = _Centred(first, places[0]), _Centred(second, places[1])
    own = _Own(x.features), _Own(y.features)
    cross, norms, meter = np.zeros((x.features, y.features)), 0.0, Meter("similarity of features", images, on_progress)
    for block in _blocks(images, max(x.features, y.features)):
        a, b = x.rows(block), y.rows(block)
        norms += float(own[0].add(a) @ own[1].add(b))
        cross += a.T @ b
        meter.update(block.stop)
    return PairSums(images, own[0].sums(), own[1].sums(), cross, norms)


class _Centred:
    """Centred unit rows of some places of a matrix, block by block."""

    def __init__(self, matrix: np.ndarray, places: np.ndarray) -> None:
        self._matrix, self._places, self.features = matrix, places, matrix.shape[1]
        total = sum((_unit(matrix[places[b]]).sum(axis=0) for b in _blocks(len(places), self.features)), np.zeros(1))
        self._mean = total / len(places)

    def rows(self, block: slice) -> np.ndarray:
        return _unit(self._matrix[self._places[block]]) - self._mean


class _Own:
    """Adds up the sums of one encoder."""

    def __init__(self, features: int) -> None:
        self._gram = np.zeros((features, features))
        self._norms = self._norms_square = 0.0

    def add(self, rows: np.ndarray) -> np.ndarray:
        """Takes a block; returns its n_i."""
        norms = (rows**2).sum(axis=1)
        self._gram += rows.T @ rows
        self._norms += float(norms.sum())
        self._norms_square += float(norms @ norms)
        return norms

    def sums(self) -> OwnSums:
        return OwnSums(self._gram, self._norms, self._norms_square)


def _unit(rows: np.ndarray) -> np.ndarray:
    exact = rows.astype(np.float64)
    norms = np.linalg.norm(exact, axis=1, keepdims=True)
    return np.divide(exact, norms, out=np.zeros_like(exact), where=norms > 0)


def _blocks(images: int, features: int) -> Iterator[slice]:
    step = max(1, BLOCK_ENTRIES // features)
    for start in range(0, images, step):
        yield slice(start, min(start + step, images))
