"""The signals that are read off the features' activity: Q-Score, and how a representation is spread."""

from qscore_core.signals.activity import hoyer_sparsity, l1_of_unit_row
from qscore_core.signals.signal import PAPER, Signal

ACTIVITY = (
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
)
