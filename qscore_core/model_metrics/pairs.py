"""What only pairs of images tell: uniformity, intrinsic dimension, clusters. Of at most 2,000 images, drawn by seed."""

import numpy as np
import torch
from jaxtyping import Float
from sklearn.cluster import KMeans
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors
from sklearn.preprocessing import normalize

from qscore_core.representations import Representations

MOST = 2000
DISCARDED = 0.1  # of the largest ratios, as in the TwoNN paper
CLUSTERS, NEIGHBOURS = 20, 5

Rows = Float[np.ndarray, "image feature"]


def drawn_rows(representations: Representations, seed: int = 0) -> Rows:
    """All rows, or 2,000 of them in their order, float64."""
    images = representations.images
    if images <= MOST:
        return np.array(representations.matrix, np.float64)
    chosen = np.sort(np.random.default_rng(seed).choice(images, MOST, replace=False))
    return np.array(representations.matrix[chosen], np.float64)


def uniformity(rows: Rows) -> float:
    """log of the mean over pairs of exp(-2 |u_i - u_j|^2), unit rows u: 0 for one point, lower the more uniform."""
    if len(rows) < 2:
        return float("nan")
    squared = torch.pdist(torch.from_numpy(normalize(rows))) ** 2
    return float(squared.mul(-2).exp().mean().log())


def intrinsic_dimension(rows: Rows) -> float:
    """TwoNN: slope through 0 of -log(1 - F(mu)) over log mu, mu = second over first nearest distance.

    The largest tenth of mu is left out of the fit; copies of an image, at distance 0, are left out of everything.
    """
    different = np.unique(rows, axis=0)
    if len(different) < 4:
        return float("nan")
    distance, _ = NearestNeighbors(n_neighbors=3).fit(different).kneighbors(different)
    ratios = np.sort(np.log(distance[:, 2] / distance[:, 1]))
    kept = int((1 - DISCARDED) * len(ratios))
    heights = -np.log(1 - np.arange(1, kept + 1) / len(ratios))
    x = ratios[:kept]
    return float(x @ heights / (x @ x)) if x.any() else float("nan")


def cluster_learnability(rows: Rows) -> float:
    """Share of the second half whose k-means cluster its five nearest of the first half name: the CL of CLID.

    On unit rows, 20 clusters or one for ten images.
    """
    clusters = min(CLUSTERS, len(rows) // 10)
    if clusters < 2:
        return float("nan")
    unit = normalize(rows)
    labels = KMeans(clusters, n_init=1, random_state=0).fit(unit).labels_
    first, second = np.arange(len(unit)) % 2 == 0, np.arange(len(unit)) % 2 == 1
    return float(KNeighborsClassifier(NEIGHBOURS).fit(unit[first], labels[first]).score(unit[second], labels[second]))
