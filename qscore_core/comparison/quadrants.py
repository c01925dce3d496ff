"""Images by what two encoders say of them: low Q in both, in one, in neither; right in both, wrong in one, in both."""

from dataclasses import asdict, dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.stats import binomtest

from qscore_core.errors import SettingsError

Q_QUADRANTS = ("both low", "only A low", "only B low", "neither")
OUTCOME_QUADRANTS = ("both right", "only A wrong", "only B wrong", "both wrong")


@dataclass(frozen=True)
class Thresholds:
    """Q at or below which an image counts as low, of A and of B."""

    first: float
    second: float


def thresholds_at(
    first: Float[np.ndarray, " image"], second: Float[np.ndarray, " image"], percentile: float = 50.0
) -> Thresholds:
    """The same percentile of each encoder's own scores; 50 is the median. Raises SettingsError outside 0 to 100."""
    if not 0 <= percentile <= 100:
        raise SettingsError(f"`percentile` should lie between 0 and 100. Found {percentile:g}.")
    return Thresholds(float(np.percentile(first, percentile)), float(np.percentile(second, percentile)))


def q_quadrants(
    first: Float[np.ndarray, " image"], second: Float[np.ndarray, " image"], at: Thresholds
) -> Int[np.ndarray, " image"]:
    """Place in `Q_QUADRANTS` of each image."""
    return np.where(first <= at.first, np.where(second <= at.second, 0, 1), np.where(second <= at.second, 2, 3))


def outcome_quadrants(
    first: Bool[np.ndarray, " image"], second: Bool[np.ndarray, " image"]
) -> Int[np.ndarray, " image"]:
    """Place in `OUTCOME_QUADRANTS` of each image, from whether A and B are right."""
    return np.where(first, np.where(second, 0, 2), np.where(second, 1, 3))


def counted(quadrants: Int[np.ndarray, " image"], names: tuple[str, ...]) -> dict[str, int]:
    """Images in each quadrant, by name."""
    return dict(zip(names, np.bincount(quadrants, minlength=len(names)).tolist(), strict=True))


@dataclass(frozen=True)
class Discordance:
    """Images that only one encoder gets right, and how likely a split as uneven is if both err alike (McNemar's test).

    Exact and two-sided, from the binomial with 1/2 (doi:10.1007/BF02295996); 1 where there is no such image.
    """

    only_first_wrong: int
    only_second_wrong: int
    p_value: float

    def as_dict(self) -> dict[str, float]:
        return asdict(self)


def discordance(first: Bool[np.ndarray, " image"], second: Bool[np.ndarray, " image"]) -> Discordance:
    only_first, only_second = int((~first & second).sum()), int((first & ~second).sum())
    trials = only_first + only_second
    p_value = binomtest(only_first, trials).pvalue if trials else 1.0
    return Discordance(only_first, only_second, float(p_value))
