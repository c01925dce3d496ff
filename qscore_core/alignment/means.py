"""Means over pictures, of many columns at once, beside their intervals, chance and control."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from qscore_core.evaluation import EvaluationSettings, Interval, interval, resamples

Columns = Float[np.ndarray, "image column"]


@dataclass(frozen=True)
class Overlap:
    """The mean of a metric over `images` pictures that have heat and such a mask; NaN where there is none.

    `ci` is the percentile bootstrap over pictures, NaN for fewer than two. `chance` is what a map would get that is
    equally hot everywhere, `shuffled` what the same heat gets with the masks of other pictures.
    """

    images: int
    mean: float
    ci: Interval
    chance: float
    shuffled: float


def overlaps(values: Columns, shuffled: Columns, chance: Columns, how: EvaluationSettings) -> list[Overlap]:
    """One a column; pictures without a value count in neither chance nor control."""
    known = np.isfinite(values)
    numbers = zip(
        known.sum(axis=0),
        means(values),
        mean_intervals(values, how),
        means(np.where(known, chance, np.nan)),
        means(np.where(known, shuffled, np.nan)),
        strict=True,
    )
    return [
        Overlap(int(images), float(mean), (float(ends[0]), float(ends[1])), float(flat), float(control))
        for images, mean, ends, flat, control in numbers
    ]


def means(values: Columns) -> Float[np.ndarray, " column"]:
    """Of each column's defined entries; NaN where there is none."""
    return _weighted(np.ones((1, len(values))), values)[0]


def mean_intervals(values: Columns, how: EvaluationSettings) -> Float[np.ndarray, "column end"]:
    """Percentile bootstrap of each column's mean; NaN for fewer than two defined entries."""
    ends = np.full((values.shape[1], 2), np.nan)
    columns = np.flatnonzero(np.isfinite(values).sum(axis=0) > 1)
    if len(columns):
        drawn = np.concatenate([_weighted(weights, values[:, columns]) for weights in resamples(len(values), how)])
        for place, column in enumerate(columns):
            ends[column] = interval(drawn[:, place][np.isfinite(drawn[:, place])], how.level)
    return ends


def gaps(
    first: Columns, second: Float[np.ndarray, "other_image column"], how: EvaluationSettings
) -> tuple[Float[np.ndarray, " column"], Float[np.ndarray, "column end"]]:
    """Difference of the means of two groups of pictures, and its bootstrap interval; NaN where a group has none."""
    other = replace(how, seed=how.seed + 1)  # the two groups are drawn independently of each other
    drawn = [
        np.concatenate([_weighted(weights, values) for weights in resamples(len(values), settings)])
        for values, settings in ((first, how), (second, other))
    ]
    spread = drawn[0] - drawn[1]
    ends = [interval(column[np.isfinite(column)], how.level) for column in spread.T]
    return means(first) - means(second), np.array(ends)


def _weighted(weights: Float[np.ndarray, "resample image"], values: Columns) -> Float[np.ndarray, "resample column"]:
    total = weights @ np.isfinite(values).astype(np.float64)
    sums = weights @ np.nan_to_num(values.astype(np.float64))
    return np.divide(sums, total, out=np.full_like(total, np.nan), where=total > 0)
