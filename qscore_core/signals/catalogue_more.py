"""The signals that need more than stored representations: other encoders, other views, or labels."""

from collections.abc import Callable

import numpy as np

from qscore_core.signals.evidence import Evidence
from qscore_core.signals.neighbours import neighbourhood_consistency
from qscore_core.signals.signal import Signal
from qscore_core.signals.views import augmentation_consistency

SEVERAL = (
    Signal(
        "neighbourhood_consistency",
        "Neighbourhood consistency",
        "How far several encoders agree on the image's 100 nearest fit images (mean Jaccard index).",
        "arXiv 2306.00206",
        lambda evidence: neighbourhood_consistency((evidence.plain, *evidence.others)),
        "several encoders",
        lambda evidence: bool(evidence.others),
    ),
    Signal(
        "augmentation_consistency",
        "Augmentation consistency",
        "Mean cosine between the representations of several random views of the image.",
        "arXiv 2005.10242",
        lambda evidence: augmentation_consistency(evidence.seen.h),
        "several views",
        lambda evidence: evidence.views is not None,
    ),
)


def _probe(key: str, title: str, meaning: str, source: str, values: Callable[[Evidence], np.ndarray]) -> Signal:
    return Signal(key, title, meaning, source, values, "labels", lambda evidence: evidence.outcomes is not None)


LABELLED = (
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
