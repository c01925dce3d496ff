"""Per-image signals that may predict a mistake, each one line of meaning and one source.

All are read as "higher means more likely correct". Those with `uses_labels` are upper references, not rivals.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from qscore_core.pipeline import Analysis, Outcomes

PAPER = "arXiv 2203.01881"


@dataclass(frozen=True)
class Signal:
    """A signal: its key in JSON, its title for a person, what it says, where it comes from, and how it is had."""

    key: str
    title: str
    meaning: str
    source: str
    values: Callable[[Analysis, Outcomes], np.ndarray]
    uses_labels: bool = False

    @property
    def name(self) -> str:
        """The title, marked where the signal is no rival because it has seen labels."""
        return f"{self.title} (uses labels)" if self.uses_labels else self.title


SIGNALS = (
    Signal(
        "q_score",
        "Q-Score",
        "Mean height of the discriminative features that fire in the image.",
        f"{PAPER}, equation 1",
        lambda analysis, _: analysis.scores.q,
    ),
    Signal(
        "q_score_v1",
        "Q-Score, first version",
        "z of the strongest feature over the L1 norm of the unit representation.",
        f"{PAPER}v1",
        lambda analysis, _: analysis.table()["q_score_v1"].to_numpy(),
    ),
    Signal(
        "max_z",
        "Largest z",
        "How far the strongest feature stands above the image's mean, in standard deviations.",
        f"{PAPER}v1",
        lambda analysis, _: analysis.index.moment("max_z"),
    ),
    Signal(
        "highly_active",
        "Highly active features",
        "How many features stand above epsilon: the size of L_i.",
        PAPER,
        lambda analysis, _: analysis.scores.highly_active.astype(float),
    ),
    Signal(
        "l2_norm",
        "L2 norm",
        "Length of the representation before normalising.",
        "arXiv 2502.09252",
        lambda analysis, _: analysis.index.moment("l2"),
    ),
    Signal(
        "probe_confidence",
        "Probe confidence",
        "Largest softmax probability of the linear probe.",
        "arXiv 1610.02136",
        lambda _, outcomes: outcomes.confidence,
        uses_labels=True,
    ),
)
