"""The percentile bootstrap over images."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from qscore_core.errors import SettingsError

BATCH_ENTRIES = 1 << 20

Interval = tuple[float, float]


@dataclass(frozen=True)
class EvaluationSettings:
    """Percentile bootstrap over images. The same seed draws the same images for every signal of a data set."""

    resamples: int = 1000
    seed: int = 0
    level: float = 0.95

    def __post_init__(self) -> None:
        if self.resamples < 1:
            raise SettingsError(f"`resamples` should be at least 1. Found {self.resamples}.")
        if not 0 < self.level < 1:
            raise SettingsError(f"`level` should lie between 0 and 1, such as 0.95. Found {self.level}.")


STANDARD = EvaluationSettings()


def resamples(images: int, settings: EvaluationSettings) -> Iterator[Float[np.ndarray, "resample image"]]:
    """How often each image is drawn when as many as there are are drawn with replacement; some resamples at a time."""
    rng = np.random.default_rng(settings.seed)
    batch = max(1, BATCH_ENTRIES // images)
    for start in range(0, settings.resamples, batch):
        rows = min(batch, settings.resamples - start)
        drawn = rng.integers(0, images, (rows, images)) + images * np.arange(rows)[:, None]
        yield np.bincount(drawn.ravel(), minlength=rows * images).reshape(rows, images).astype(np.float64)


def interval(values: Float[np.ndarray, " resample"], level: float) -> Interval:
    """The middle `level` of the resampled values; NaN ends where no resample had a value."""
    if len(values) == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
