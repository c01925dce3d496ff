"""Class by class: how much A differs from B, with intervals that resample the images of a class in pairs.

Both encoders see the same images, so an image's difference d_i = a_i - b_i is drawn as one (paired percentile
bootstrap, Efron & Tibshirani 1993, chapter 8): what makes an image hard for both does not widen the interval.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Float

from qscore_core.evaluation import EvaluationSettings, Interval, interval, resamples

ALL = "all classes"
COLUMNS = ("class", "images", "first", "second", "difference", "low", "high")


@dataclass(frozen=True)
class PairedDifference:
    """Means over the same `images`: `difference` is first - second, with its paired bootstrap interval."""

    images: int
    first: float
    second: float
    difference: float
    ci: Interval

    @property
    def tells(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.ci[0] > 0 or self.ci[1] < 0


def paired_difference(
    first: Float[np.ndarray, " image"], second: Float[np.ndarray, " image"], how: EvaluationSettings
) -> PairedDifference:
    """Of numbers of the same images, at least one."""
    each = first - second
    drawn = np.concatenate([weights @ each for weights in resamples(len(each), how)]) / len(each)
    return PairedDifference(
        len(each), float(first.mean()), float(second.mean()), float(each.mean()), interval(drawn, how.level)
    )


def class_differences(
    first: np.ndarray, second: np.ndarray, names: np.ndarray, how: EvaluationSettings
) -> pd.DataFrame:
    """`class, images, first, second, difference, low, high`: all images, then every class, largest difference first."""
    found = pd.DataFrame(_rows(first.astype(np.float64), second.astype(np.float64), names, how), columns=COLUMNS)
    order = found["difference"].abs().where(found["class"] != ALL, np.inf).sort_values(ascending=False, kind="stable")
    return found.loc[order.index].reset_index(drop=True)


def _rows(first: np.ndarray, second: np.ndarray, names: np.ndarray, how: EvaluationSettings) -> Iterator[tuple]:
    groups = {ALL: np.ones(len(names), bool), **{name: names == name for name in dict.fromkeys(names) if name}}
    for name, inside in groups.items():
        found = paired_difference(first[inside], second[inside], how)
        yield name, found.images, found.first, found.second, found.difference, *found.ci
