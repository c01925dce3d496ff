"""The signals as a list: each one function, one line of meaning and one source.

All are read as "higher means more likely correct". Those with `uses_labels` are upper references, not rivals.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from qscore_core.signals.activity import hoyer_sparsity, l1_of_unit_row
from qscore_core.signals.combination import mean_rank
from qscore_core.signals.evidence import Evidence
from qscore_core.signals.neighbours import (
    mean_similarity,
    nearest_similarity,
    neighbourhood_consistency,
    similarity_gap,
    similarity_ratio,
    typicality,
)

PAPER = "arXiv 2203.01881"
OWN = "this tool"
STANDARD = "standard"


def always(_: Evidence) -> bool:
    return True


@dataclass(frozen=True)
class Signal:
    """A signal: its key in JSON, its title for a person, what it says, where it comes from, and how it is had.

    `family` groups signals of one kind; `offered` says whether the evidence at hand allows it.
    """

    key: str
    title: str
    meaning: str
    source: str
    values: Callable[[Evidence], np.ndarray]
    family: str = "activity"
    offered: Callable[[Evidence], bool] = always

    @property
    def uses_labels(self) -> bool:
        return self.family == "labels"

    @property
    def name(self) -> str:
        """The title, marked where the signal is no rival because it has seen labels."""
        return f"{self.title} (uses labels)" if self.uses_labels else self.title


def _probe(key: str, title: str, meaning: str, source: str, values: Callable[[Evidence], np.ndarray]) -> Signal:
    return Signal(key, title, meaning, source, values, "labels", lambda evidence: evidence.outcomes is not None)


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


SINGLE = (
    Signal(
        "q_score",
        "Q-Score",
        "Mean height of the discriminative features that fire in the image.",
        f"{PAPER}, equation 1",
        lambda evidence: evidence.analysis.scores.q,
    ),
    Signal(
        "q_score_v1",
        "Q-Score, first version",
        "z of the strongest feature over the L1 norm of the unit representation.",
        f"{PAPER}v1",
        lambda evidence: evidence.analysis.table()["q_score_v1"].to_numpy(),
    ),
    Signal(
        "max_z",
        "Largest z",
        "How far the strongest feature stands above the image's mean, in standard deviations.",
        f"{PAPER}v1",
        lambda evidence: evidence.analysis.index.moment("max_z"),
    ),
    Signal(
        "highly_active",
        "Highly active features",
        "How many features stand above epsilon: the size of L_i.",
        PAPER,
        lambda evidence: evidence.analysis.scores.highly_active.astype(float),
    ),
    Signal(
        "l2_norm",
        "L2 norm",
        "Length of the representation before normalising.",
        "arXiv 2502.09252",
        lambda evidence: evidence.analysis.index.moment("l2"),
    ),
    Signal(
        "l1_unit",
        "L1 of the unit row",
        "Sum of the absolute entries at unit length: low where few features carry the image.",
        f"{PAPER}v1",
        lambda evidence: l1_of_unit_row(evidence.analysis.index),
    ),
    Signal(
        "hoyer",
        "Hoyer sparsity",
        "0 where all features are equally strong, 1 where one carries everything.",
        "JMLR 5 (2004), 1457-1469",
        lambda evidence: hoyer_sparsity(evidence.analysis.index),
    ),
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
    Signal(
        "neighbourhood_consistency",
        "Neighbourhood consistency",
        "How far several encoders agree on the image's 100 nearest fit images (mean Jaccard index).",
        "arXiv 2306.00206",
        lambda evidence: neighbourhood_consistency((evidence.plain, *evidence.others)),
        "several encoders",
        lambda evidence: bool(evidence.others),
    ),
    _probe(
        "probe_confidence",
        "Probe confidence",
        "Largest softmax probability of the linear probe.",
        "arXiv 1610.02136",
        lambda evidence: evidence.judged.confidence,
    ),
    _probe(
        "probe_entropy",
        "Probe entropy",
        "Minus the entropy of the linear probe's softmax.",
        "arXiv 1610.02136",
        lambda evidence: -evidence.judged.entropy,
    ),
    _probe(
        "probe_energy",
        "Probe energy",
        "Log of the summed exponentials of the linear probe's logits, the negative energy.",
        "arXiv 2010.03759",
        lambda evidence: -evidence.judged.energy,
    ),
)

TRUSTED = ("l2_norm", "hoyer", "whitened_knn_5", "mixture")  # chosen by `python -m bench.choose_trust`


def trust(evidence: Evidence) -> np.ndarray:
    """Mean rank of the signals in `TRUSTED` among the scored images, from 0 to 1."""
    return mean_rank([signal.values(evidence) for signal in SINGLE if signal.key in TRUSTED])


TRUST = Signal(
    "trust",
    "Trust",
    "Mean rank among the scored images of L2 norm, Hoyer sparsity, whitened k-NN (k = 5) and Gaussian mixture.",
    OWN,
    trust,
    "combination",
)
SIGNALS = (SINGLE[0], TRUST, *SINGLE[1:])


def offered(evidence: Evidence) -> tuple[Signal, ...]:
    """The signals that the evidence at hand allows."""
    return tuple(signal for signal in SIGNALS if signal.offered(evidence))


def signal_values(evidence: Evidence) -> Mapping[str, np.ndarray]:
    """Every signal on offer by its key, float64 [image]."""
    return {signal.key: np.asarray(signal.values(evidence), np.float64) for signal in offered(evidence)}
