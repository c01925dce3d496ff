"""A few sums over the rows of h, added up in one pass, from which most model metrics follow."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True, eq=False)
class RowSums:
    """Sums over the N rows of h: `total` of h_i, `gram` of h_i h_i^T, `unit`, `unit_square` and `unit_gram` of the unit
    rows u_i, their squares and u_i u_i^T; counts of entries.
    """

    images: int
    total: Float[np.ndarray, " feature"]
    gram: Float[np.ndarray, "feature feature"]
    unit: Float[np.ndarray, " feature"]
    unit_square: Float[np.ndarray, " feature"]
    unit_gram: Float[np.ndarray, "feature feature"]
    zeros: int
    negatives: int

    def __add__(self, other: "RowSums") -> "RowSums":
        return RowSums(
            self.images + other.images,
            self.total + other.total,
            self.gram + other.gram,
            self.unit + other.unit,
            self.unit_square + other.unit_square,
            self.unit_gram + other.unit_gram,
            self.zeros + other.zeros,
            self.negatives + other.negatives,
        )

    @property
    def entries(self) -> int:
        return self.images * len(self.unit)

    @cached_property
    def singular_values(self) -> Float[np.ndarray, " rank"]:
        """The min(N, r) singular values of h as it is (not centred), descending: roots of the Gram's eigenvalues."""
        found = np.sqrt(np.maximum(np.linalg.eigvalsh(self.gram), 0))[::-1]
        return found[: min(self.images, len(found))]

    @cached_property
    def eigenvalues(self) -> Float[np.ndarray, " feature"]:
        """Of the population covariance of h (centred), descending."""
        mean = self.total / self.images
        return np.maximum(np.linalg.eigvalsh(self.gram / self.images - np.outer(mean, mean))[::-1], 0)


def row_sums(rows: Float[np.ndarray, "image feature"]) -> RowSums:
    """The sums of some rows; those of two parts add up to those of the whole."""
    exact = rows.astype(np.float64)
    norms = np.linalg.norm(exact, axis=1, keepdims=True)
    unit = np.divide(exact, norms, out=np.zeros_like(exact), where=norms > 0)
    return RowSums(
        images=len(exact),
        total=exact.sum(axis=0),
        gram=exact.T @ exact,
        unit=unit.sum(axis=0),
        unit_square=(unit**2).sum(axis=0),
        unit_gram=unit.T @ unit,
        zeros=int((exact == 0).sum()),
        negatives=int((exact < 0).sum()),
    )
