"""Groups of images that an encoder represents badly, found without labels and described by what they share.

k-means on the unit rows gives clusters, Q the images that are low; a slice is the low images of a cluster in which low
ones are more frequent than elsewhere. As in Domino (Eyuboglu et al., arXiv 2203.14960) slices are neighbourhoods of the
representation, but that method looks for them with the errors, and this one with Q alone: errors, where labels are
known, only check what was found.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import binomtest, hypergeom
from sklearn.cluster import KMeans

from qscore_core.errors import SettingsError
from qscore_core.pipeline import Analysis, Outcomes
from qscore_core.slice_traits import Attribute, common, describe, firing, of_class, title_of


@dataclass(frozen=True)
class SearchSettings:
    """`low`: percent of the images, those with the lowest Q, that count as low.

    A cluster counts where as many low images would come by chance with a probability below `chance` over the number of
    clusters (Bonferroni). An attribute describes a slice where it is at least `lift` times as frequent as everywhere.
    """

    clusters: int = 20
    low: float = 33.0
    chance: float = 0.05
    fewest: int = 8
    lift: float = 1.5
    seed: int = 0

    def __post_init__(self) -> None:
        if self.clusters < 2 or self.fewest < 1:
            raise SettingsError(
                f"`clusters` should be at least 2 and `fewest` at least 1. Found {self.clusters}, {self.fewest}."
            )
        if not 0 < self.low < 100:
            raise SettingsError(f"`low` should lie between 0 and 100. Found {self.low:g}.")


@dataclass(frozen=True)
class FoundSlice:
    """`ids` lowest Q first. `low_share` of its cluster's images is low, `p_value` says how likely that is by chance.

    `attributes` stand out, those that need no labels first; `common` says which of them are shared.
    `error` with its Wilson interval and `error_everywhere` are None without labels.
    """

    ids: tuple[str, ...]
    cluster_images: int
    low_share: float
    p_value: float
    mean_q: float
    attributes: tuple[Attribute, ...]
    error: float | None
    error_ci: tuple[float, float] | None
    error_everywhere: float | None

    @property
    def title(self) -> str:
        """What its images have in common, as a name."""
        return title_of(common(self.attributes, len(self.ids)))

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "title": self.title, "images": len(self.ids)}


def find_slices(
    analysis: Analysis, outcomes: Outcomes | None = None, settings: SearchSettings | None = None
) -> list[FoundSlice]:
    """Slices of the scored split, the least likely by chance first; `outcomes` only add the error rates."""
    how = settings or SearchSettings()
    q = analysis.scores.q
    low = q <= np.percentile(q, how.low)
    cluster = clusters_of(analysis.target.matrix, how)
    found = [_slice(analysis, outcomes, rows, p_value, how) for rows, p_value in _crossed(cluster, low, how)]
    return sorted(found, key=lambda one: one.p_value)


def clusters_of(matrix: np.ndarray, how: SearchSettings) -> np.ndarray:
    """Cluster of each image by k-means on the unit rows (cosine distance on the sphere), int [image]."""
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    unit = np.divide(matrix, norms, out=np.zeros_like(matrix), where=norms > 0)
    count = min(how.clusters, len(np.unique(unit, axis=0)))
    return KMeans(count, n_init=4, random_state=how.seed).fit_predict(unit)


def _crossed(
    cluster: np.ndarray, low: np.ndarray, how: SearchSettings
) -> Iterator[tuple[tuple[np.ndarray, np.ndarray], float]]:
    """Rows of (cluster, its low images) and p of the clusters that hold more low ones than chance gives."""
    numbers = np.unique(cluster)
    for number in numbers:
        rows = np.flatnonzero(cluster == number)
        inside = rows[low[rows]]
        # P(at least as many low ones among as many images drawn without replacement)
        p_value = float(hypergeom.sf(len(inside) - 1, len(low), int(low.sum()), len(rows)))
        if len(inside) >= how.fewest and p_value < how.chance / len(numbers):
            yield (rows, inside), p_value


def _slice(
    analysis: Analysis,
    outcomes: Outcomes | None,
    rows: tuple[np.ndarray, np.ndarray],
    p_value: float,
    how: SearchSettings,
) -> FoundSlice:
    everyone, inside = rows
    q, table = analysis.scores.q, analysis.target.table
    inside = inside[np.argsort(q[inside], kind="stable")]
    wrong = None if outcomes is None else ~outcomes.correct
    errors = None if wrong is None else binomtest(int(wrong[inside].sum()), len(inside))
    ends = None if errors is None else errors.proportion_ci(0.95, method="wilson")
    return FoundSlice(
        ids=tuple(table["id"].astype(str).to_numpy()[inside]),
        cluster_images=len(everyone),
        low_share=len(inside) / len(everyone),
        p_value=p_value,
        mean_q=float(q[inside].mean()),
        attributes=_attributes(analysis, inside, how.lift),
        error=None if errors is None else float(errors.statistic),
        error_ci=None if ends is None else (float(ends.low), float(ends.high)),
        error_everywhere=None if wrong is None else float(wrong.mean()),
    )


def _attributes(analysis: Analysis, rows: np.ndarray, lift: float) -> tuple[Attribute, ...]:
    """What needs no labels first."""
    epsilon = analysis.settings.features.epsilon
    return (
        *describe(analysis.target.table, rows, lift),
        *firing(analysis.index, rows, epsilon, lift),
        *of_class(analysis.target.class_names(), rows, lift),
    )
