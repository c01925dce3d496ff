"""The signals that compare an image with the fit split: its neighbours, its density."""

from qscore_core.signals.neighbours import (
    mean_similarity,
    nearest_similarity,
    similarity_gap,
    similarity_ratio,
    typicality,
)
from qscore_core.signals.signal import OWN, Signal


def _knn(k: int) -> Signal:
    words = "the nearest fit image" if k == 1 else f"the {k}-th nearest fit image"
    values = lambda evidence: nearest_similarity(evidence.plain, k)  # noqa: E731
    return Signal(
        f"knn_{k}", f"k-NN, k = {k}", f"Cosine similarity to {words}.", "arXiv 2204.06507", values, "neighbours"
    )


def _centred(k: int) -> Signal:
    return Signal(
        f"centred_knn_{k}",
        f"Centred k-NN, k = {k}",
        f"Mean cosine similarity to the {k} nearest fit images around the fit split's mean.",
        OWN,
        lambda evidence: mean_similarity(evidence.centred, k),
        "neighbours",
    )


def _whitened(k: int) -> Signal:
    return Signal(
        f"whitened_knn_{k}",
        f"Whitened k-NN, k = {k}",
        f"The same to {k} images on the fit split's first 64 principal directions, each scaled to variance 1.",
        OWN,
        lambda evidence: mean_similarity(evidence.whitened, k),
        "neighbours",
    )


NEIGHBOURS = (
    *map(_knn, (1, 10, 50, 200)),
    *map(_centred, (1, 5, 50)),
    *map(_whitened, (1, 5, 50)),
    Signal(
        "coherence",
        "Neighbour coherence",
        "Mean cosine among the image's 10 nearest fit images, around the fit split's mean.",
        OWN,
        lambda evidence: evidence.coherence,
        "neighbours",
    ),
    Signal(
        "similarity_gap",
        "Similarity gap",
        "Similarity to the nearest fit image less that to the 50th nearest.",
        OWN,
        lambda evidence: similarity_gap(evidence.plain),
        "neighbours",
    ),
    Signal(
        "similarity_ratio",
        "Similarity ratio",
        "Similarity to the nearest fit image over that to the 200th nearest.",
        OWN,
        lambda evidence: similarity_ratio(evidence.plain),
        "neighbours",
    ),
    Signal(
        "typicality",
        "Typicality",
        "One over the mean distance to the 20 nearest fit images.",
        "arXiv 2202.02794",
        lambda evidence: typicality(evidence.plain),
        "neighbours",
    ),
)

DENSITY = (
    Signal(
        "mahalanobis",
        "Mahalanobis",
        "Minus the squared Mahalanobis distance to the fit split, taken as one Gaussian.",
        "arXiv 2103.12051",
        lambda evidence: evidence.densities["gaussian"],
        "density",
    ),
    Signal(
        "cluster_mahalanobis",
        "Mahalanobis, clusters",
        "The same to the closest of 20 k-means clusters with a common covariance.",
        "arXiv 1807.03888",
        lambda evidence: evidence.densities["clusters"],
        "density",
    ),
    Signal(
        "mixture",
        "Gaussian mixture",
        "Log density of 20 Gaussians fitted to the fit split's 64 principal directions.",
        "arXiv 2306.00206",
        lambda evidence: evidence.densities["mixture"],
        "density",
    ),
)
