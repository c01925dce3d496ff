"""Figure 3 in numbers: how mean representations of correct and of mis-classified images of a class differ."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import ttest_ind
from sklearn.preprocessing import normalize

FEWEST = 5  # images of an outcome that make a mean


@dataclass(frozen=True)
class ClassMeans:
    """Over the `classes` that have at least five images of both outcomes.

    `alike`: mean cosine of a class's two means; `between_correct` and `between_wrong`: mean cosine of two classes'
    means, 1 where classes look the same. `firing_correct` and `firing_wrong`: discriminative features that are highly
    active in an image, on average over all images; `firing_ci` of their difference (Welch's t, 95 %).
    """

    classes: int
    alike: float | None
    between_correct: float | None
    between_wrong: float | None
    firing_correct: float
    firing_wrong: float
    firing_ci: tuple[float, float]


def class_means(h: np.ndarray, labels: np.ndarray, correct: np.ndarray, active: np.ndarray) -> ClassMeans:
    """`h` [image, feature] is brought to unit rows; `active` [image] counts highly active discriminative features."""
    unit = normalize(np.asarray(h, np.float64))
    means = {
        outcome: [unit[(labels == label) & (correct == outcome)].mean(axis=0) for label in _both(labels, correct)]
        for outcome in (True, False)
    }
    right, wrong = (normalize(means[outcome]) if means[outcome] else None for outcome in (True, False))
    ends = ttest_ind(active[correct], active[~correct], equal_var=False).confidence_interval(0.95)
    return ClassMeans(
        classes=len(means[True]),
        alike=None if right is None or wrong is None else float((right * wrong).sum(axis=1).mean()),
        between_correct=_between(right),
        between_wrong=_between(wrong),
        firing_correct=float(active[correct].mean()),
        firing_wrong=float(active[~correct].mean()),
        firing_ci=(float(ends.low), float(ends.high)),
    )


def _both(labels: np.ndarray, correct: np.ndarray) -> list[int]:
    """Labels that have enough images of both outcomes."""
    count = lambda label, outcome: int(((labels == label) & (correct == outcome)).sum())  # noqa: E731
    return [label for label in np.unique(labels) if min(count(label, True), count(label, False)) >= FEWEST]


def _between(means: np.ndarray | None) -> float | None:
    if means is None or len(means) < 2:
        return None
    cosines = means @ means.T
    return float(cosines[np.triu_indices(len(means), 1)].mean())
