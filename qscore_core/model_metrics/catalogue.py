"""The model metrics as a list, and all of them at once.

They compare runs of one method rather than methods with each other (RankMe's own caveat).
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from qscore_core.model_metrics.leverage import coherence
from qscore_core.model_metrics.metric import ModelMetric
from qscore_core.model_metrics.pairs import cluster_learnability, drawn_rows, intrinsic_dimension, uniformity
from qscore_core.model_metrics.row_sums import RowSums, row_sums
from qscore_core.model_metrics.spectrum import alpha_req, nesum, rankme, stable_rank
from qscore_core.model_metrics.spread import negative_share, self_clustering, spread, zero_share
from qscore_core.model_metrics.views import Views, alignment, lidar
from qscore_core.progress import Meter, OnProgress, silent
from qscore_core.representations import Representations

PAPER = "arXiv 2203.01881"


@dataclass(frozen=True, eq=False)
class Seen:
    """What metrics are computed from: sums over all rows, and a sample of rows for what needs pairs."""

    representations: Representations
    sums: RowSums

    @cached_property
    def sample(self) -> np.ndarray:
        """float64 [image, feature], at most 2,000 images."""
        return drawn_rows(self.representations)


METRICS: tuple[ModelMetric[Seen], ...] = (
    ModelMetric(
        "rankme",
        "RankMe",
        "How many directions the representations use, smoothly counted: from 1 to the number of features.",
        "arXiv 2210.02885",
        lambda seen: rankme(seen.sums),
    ),
    ModelMetric(
        "zeros",
        "Zeros",
        "Share of the entries that are exactly zero; the paper's representations are nearly sparse.",
        PAPER,
        lambda seen: zero_share(seen.sums),
    ),
    ModelMetric(
        "negatives",
        "Negatives",
        "Share of the entries below zero; Q-Score was made for representations after a ReLU, which have none.",
        PAPER,
        lambda seen: negative_share(seen.sums),
    ),
    ModelMetric(
        "spread",
        "Spread",
        "How much the unit representations differ between images: near 1 is healthy, 0 is collapse.",
        "arXiv 2011.10566",
        lambda seen: spread(seen.sums),
    ),
    ModelMetric(
        "alpha_req",
        "alpha-ReQ",
        "How fast the covariance's eigenvalues fall, as a power of their rank; near 1 is best in the paper.",
        "OpenReview ii9X4vtZGTZ (NeurIPS 2022)",
        lambda seen: alpha_req(seen.sums),
    ),
    ModelMetric(
        "nesum",
        "NESum",
        "Total variance over that of the strongest direction: how many directions are as strong.",
        "He and Ozay, ICML 2022",
        lambda seen: nesum(seen.sums),
    ),
    ModelMetric(
        "stable_rank",
        "Stable rank",
        "The same with squared singular values of the representations as they are.",
        "arXiv 2305.16562",
        lambda seen: stable_rank(seen.sums),
    ),
    ModelMetric(
        "coherence",
        "Coherence",
        "How much the most singular image carries alone, against an average one: 1 is best.",
        "arXiv 2305.16562",
        lambda seen: coherence(seen.representations, seen.sums),
    ),
    ModelMetric(
        "self_clustering",
        "Self-clustering",
        "How much unit rows crowd together: 0 as random directions do, 1 where all are the same.",
        "arXiv 2305.16562",
        lambda seen: self_clustering(seen.sums),
    ),
    ModelMetric(
        "uniformity",
        "Uniformity",
        "How evenly unit rows cover the sphere: 0 is one point, lower is more even.",
        "arXiv 2005.10242",
        lambda seen: uniformity(seen.sample),
    ),
    ModelMetric(
        "intrinsic_dimension",
        "Intrinsic dimension",
        "How many dimensions the cloud of images has locally (TwoNN); with the next one, CLID.",
        "arXiv 1803.06992",
        lambda seen: intrinsic_dimension(seen.sample),
    ),
    ModelMetric(
        "cluster_learnability",
        "Cluster learnability",
        "How often nearest neighbours name an image's k-means cluster; with the one before, CLID.",
        "arXiv 2206.01251",
        lambda seen: cluster_learnability(seen.sample),
    ),
)

VIEW_METRICS: tuple[ModelMetric[Views], ...] = (
    ModelMetric(
        "alignment",
        "Alignment",
        "How far apart two random views of an image lie on the sphere, squared: 0 where views make no difference.",
        "arXiv 2005.10242",
        alignment,
    ),
    ModelMetric(
        "lidar",
        "LiDAR",
        "How many directions tell images apart beyond what views of one image differ in, smoothly counted.",
        "arXiv 2312.04000",
        lidar,
    ),
)


def view_metrics(h: Views) -> dict[str, float]:
    """Every metric of several views by its key, less those that mean nothing here."""
    found = {metric.key: metric.value(h) for metric in VIEW_METRICS}
    return {key: value for key, value in found.items() if np.isfinite(value)}


def model_metrics(representations: Representations, on_progress: OnProgress = silent) -> dict[str, float]:
    """Every metric by its key, less those that mean nothing here (too few images, no variance).

    Two passes over the rows that hold one block and a few r x r matrices in memory, and a sample of 2,000 images.
    """
    meter = Meter("model metrics", representations.images, on_progress)
    total: RowSums | None = None
    for block in representations.blocks():
        part = row_sums(block)
        total = part if total is None else total + part
        meter.update(total.images)
    if total is None:
        return {}
    seen = Seen(representations, total)
    found = {metric.key: metric.value(seen) for metric in METRICS}
    return {key: value for key, value in found.items() if np.isfinite(value)}
