"""Label-free numbers of an encoder as a whole, from its stored representations h [image, feature].

One pass over the rows adds up a few sums in float64 (`RowSums`); every metric is one short function of them. They
compare runs of one method rather than methods with each other (RankMe's own caveat).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from qscore_core.progress import Meter, OnProgress, silent
from qscore_core.representations import Representations

RANKME_FLOOR = 1e-7  # added to every share of the singular values, as in the paper
PAPER = "arXiv 2203.01881"


@dataclass(frozen=True, eq=False)
class RowSums:
    """Sums over the N rows of h: `gram` of h_i h_i^T, `unit` and `unit_square` of the unit rows, counts of entries."""

    images: int
    gram: Float[np.ndarray, "feature feature"]
    unit: Float[np.ndarray, " feature"]
    unit_square: Float[np.ndarray, " feature"]
    zeros: int
    negatives: int

    def __add__(self, other: "RowSums") -> "RowSums":
        return RowSums(
            self.images + other.images,
            self.gram + other.gram,
            self.unit + other.unit,
            self.unit_square + other.unit_square,
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


def row_sums(rows: Float[np.ndarray, "image feature"]) -> RowSums:
    """The sums of some rows; those of two parts add up to those of the whole."""
    exact = rows.astype(np.float64)
    norms = np.linalg.norm(exact, axis=1, keepdims=True)
    unit = np.divide(exact, norms, out=np.zeros_like(exact), where=norms > 0)
    return RowSums(
        images=len(exact),
        gram=exact.T @ exact,
        unit=unit.sum(axis=0),
        unit_square=(unit**2).sum(axis=0),
        zeros=int((exact == 0).sum()),
        negatives=int((exact < 0).sum()),
    )


def rankme(sums: RowSums) -> float:
    """exp(-sum_k p_k log p_k), p_k = sigma_k / sum(sigma) + 1e-7; 0 where every entry is 0."""
    sigma = sums.singular_values
    if sigma.sum() == 0:
        return 0.0
    p = sigma / sigma.sum() + RANKME_FLOOR
    return float(np.exp(-(p * np.log(p)).sum()))


def zero_share(sums: RowSums) -> float:
    return sums.zeros / sums.entries


def negative_share(sums: RowSums) -> float:
    return sums.negatives / sums.entries


def spread(sums: RowSums) -> float:
    """Standard deviation over the images of each entry of the unit rows, averaged over features, times sqrt(r)."""
    variance = sums.unit_square / sums.images - (sums.unit / sums.images) ** 2
    return float(np.sqrt(np.maximum(variance, 0)).mean() * np.sqrt(len(sums.unit)))


@dataclass(frozen=True)
class ModelMetric:
    """A metric: its key in JSON, its title for a person, what it says, where it comes from, and how it is had."""

    key: str
    title: str
    meaning: str
    source: str
    value: Callable[[RowSums], float]


METRICS = (
    ModelMetric(
        "rankme",
        "RankMe",
        "How many directions the representations use, smoothly counted: from 1 to the number of features.",
        "arXiv 2210.02885",
        rankme,
    ),
    ModelMetric(
        "zeros",
        "Zeros",
        "Share of the entries that are exactly zero; the paper's representations are nearly sparse.",
        PAPER,
        zero_share,
    ),
    ModelMetric(
        "negatives",
        "Negatives",
        "Share of the entries below zero; Q-Score was made for representations after a ReLU, which have none.",
        PAPER,
        negative_share,
    ),
    ModelMetric(
        "spread",
        "Spread",
        "How much the unit representations differ between images: near 1 is healthy, 0 is collapse.",
        "arXiv 2011.10566",
        spread,
    ),
)


def model_metrics(representations: Representations, on_progress: OnProgress = silent) -> dict[str, float]:
    """Every metric by its key, from one pass that holds one block of rows and an r x r matrix in memory."""
    meter = Meter("model metrics", representations.images, on_progress)
    total: RowSums | None = None
    for block in representations.blocks():
        part = row_sums(block)
        total = part if total is None else total + part
        meter.update(total.images)
    return {} if total is None else {metric.key: metric.value(total) for metric in METRICS}
