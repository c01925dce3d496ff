"""The signals as a list: each one function, one line of meaning and one source.

All are read as "higher means more likely correct". Those with `uses_labels` are upper references, not rivals.
"""

from collections.abc import Mapping

import numpy as np

from qscore_core.signals.catalogue_activity import ACTIVITY
from qscore_core.signals.catalogue_more import LABELLED, SEVERAL
from qscore_core.signals.catalogue_neighbours import DENSITY, NEIGHBOURS
from qscore_core.signals.combination import mean_rank
from qscore_core.signals.evidence import Evidence
from qscore_core.signals.signal import OWN, Signal

SINGLE = (*ACTIVITY, *NEIGHBOURS, *DENSITY, *SEVERAL, *LABELLED)
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
