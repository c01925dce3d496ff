"""Does Q-Score suit these representations? Said in words, from quantities that need no label.

The paper's epsilon = 4 presumes heavy-tailed, nearly sparse representations. On others most images have no highly
active feature at all, and a ranking by Q would mean nothing.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from qscore_core.activation_index import STEPS, ActivationIndex
from qscore_core.qscore import FeatureSet, QScores

AUTO_RANGE = (2.0, 5.0)
AUTO_SHARE = (
    0.03  # of the features highly active on average; 1 to 15 % of the images is the band of the paper's figure 1
)
MANY_EMPTY = 0.25
SIGNED = 0.01
DENSE = 0.02
FEW_FEATURES = 8


def auto_epsilon(fit: ActivationIndex) -> float:
    """The step of 0.1 in [2, 5] at which closest to 3 % of the features are highly active, on average over the images.

    Label-free: only the sizes of L_i on the fit split are used.
    """
    if fit.dim <= AUTO_RANGE[0] ** 2 + 1:
        return AUTO_RANGE[0]  # no step can be exceeded; scoring then says so
    inside = (AUTO_RANGE[0] <= STEPS) & (AUTO_RANGE[1] >= STEPS) & (fit.dim > STEPS**2 + 1)
    shares = fit.counts[inside].sum(axis=1) / max(fit.images * fit.dim, 1)
    return float(STEPS[inside][np.abs(shares - AUTO_SHARE).argmin()])


@dataclass(frozen=True)
class FitCheck:
    """The label-free facts and what follows from them. Shares lie in [0, 1].

    `suits` is False where a ranking by Q should not be believed; `findings` are sentences for a person.
    """

    epsilon: float
    auto_epsilon: float
    images: int
    empty_share: float
    mean_active: float
    zero_share: float
    negative_share: float
    median_kurtosis: float
    constant_rows: int
    discriminative: int
    never_firing: float
    suits: bool
    findings: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def check_fit(fit: ActivationIndex, index: ActivationIndex, features: FeatureSet, scores: QScores) -> FitCheck:
    """Looks at the fit split (`fit`, `features`) and at the split that was scored (`index`, `scores`)."""
    images = max(index.images, 1)
    facts: dict[str, Any] = {
        "epsilon": features.settings.epsilon,
        "auto_epsilon": auto_epsilon(fit),
        "images": index.images,
        "empty_share": scores.empty / images,
        "mean_active": float(scores.highly_active.mean()) if index.images else 0.0,
        "zero_share": float(index.moment("zeros").mean()) if index.images else 0.0,
        "negative_share": float(index.moment("negative").mean()) if index.images else 0.0,
        "median_kurtosis": float(np.median(index.moment("kurtosis"))) if index.images else 0.0,
        "constant_rows": int((index.moment("std") == 0).sum()),
        "discriminative": features.count,
        "never_firing": features.never_firing,
    }
    serious = _serious(facts)
    return FitCheck(**facts, suits=not serious, findings=(*serious, *_remarks(facts, features)))


def _serious(facts: dict[str, Any]) -> list[str]:
    """Findings after which the ranking should not be believed as it stands."""
    found = []
    epsilon, auto = facts["epsilon"], facts["auto_epsilon"]
    if facts["empty_share"] > MANY_EMPTY:
        if auto < epsilon:
            way_out = f"Try epsilon {auto:g}, the automatic one: about 3 % of the features are then highly active."
        else:
            way_out = "A smaller epsilon will not help much here: these representations may be too dense for Q-Score."
        found.append(
            f"{facts['empty_share']:.0%} of the images have no highly active discriminative feature at epsilon "
            f"{epsilon:g}; their Q-Score is 0 and says nothing. {way_out}"
        )
    if facts["discriminative"] < FEW_FEATURES:
        found.append(
            f"Only {facts['discriminative']} features are discriminative. Widen the percentiles or lower epsilon."
        )
    return found


def _remarks(facts: dict[str, Any], features: FeatureSet) -> list[str]:
    """Findings worth knowing that do not by themselves spoil the ranking."""
    found = []
    if facts["negative_share"] > SIGNED and not features.settings.two_sided:
        found.append(
            f"{facts['negative_share']:.0%} of the entries are negative, so features can also be strong downwards. "
            "Q-Score was made for representations after a ReLU; the two-sided option reads |z|."
        )
    if facts["zero_share"] < DENSE:
        found.append(
            f"Only {facts['zero_share']:.1%} of the entries are zero: these representations are dense, while the "
            "paper's are nearly sparse. Longer training usually makes them sparser."
        )
    if features.never_firing > 0.5 and not features.settings.firing_only:
        found.append(
            f"{features.never_firing:.0%} of the features never fire, so the lower percentile is 0. "
            "Percentiles over the firing features alone leave those out."
        )
    if facts["constant_rows"]:
        found.append(f"{facts['constant_rows']} images have a constant representation: nothing stands out in them.")
    return found
