"""Groups of images that an encoder represents badly, found without labels and described by what the table knows.

k-means on the unit rows gives clusters, Q the images that are low; a slice is the low images of a cluster in which low
ones are more frequent than elsewhere. As in Domino (Eyuboglu et al., arXiv 2203.14960) slices are neighbourhoods of the
representation, but that method looks for them with the errors, and this one with Q alone: errors, where labels are
known, only check what was found.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import binomtest, hypergeom
from sklearn.cluster import KMeans

from qscore_core.errors import SettingsError
from qscore_core.pipeline import Analysis, Outcomes

IDENTITY = ("id", "path", "label", "split")
MOST_VALUES = 60  # a column of text with more is a name and no attribute
THIRDS = ("low", "middle", "high")


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
class Attribute:
    """A value of a column: its `share` of the slice, of all images, and the quotient of both."""

    column: str
    value: str
    share: float
    everywhere: float
    lift: float

    def __str__(self) -> str:
        return f"{self.column} {self.value} ({self.share:.0%}, {self.lift:.1f}×)"


@dataclass(frozen=True)
class FoundSlice:
    """`ids` lowest Q first. `low_share` of its cluster's images is low, `p_value` says how likely that is by chance.

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
        """The attributes that stand out most, as a name."""
        return ", ".join(f"{a.column} {a.value}" for a in self.attributes[:2]) or "no shared attribute"

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
    described = table.assign(**{"class": analysis.target.class_names()})
    return FoundSlice(
        ids=tuple(table["id"].astype(str).to_numpy()[inside]),
        cluster_images=len(everyone),
        low_share=len(inside) / len(everyone),
        p_value=p_value,
        mean_q=float(q[inside].mean()),
        attributes=describe(described, inside, how.lift),
        error=None if errors is None else float(errors.statistic),
        error_ci=None if ends is None else (float(ends.low), float(ends.high)),
        error_everywhere=None if wrong is None else float(wrong.mean()),
    )


def describe(table: pd.DataFrame, rows: np.ndarray, lift: float, most: int = 4) -> tuple[Attribute, ...]:
    """Values that are more frequent among `rows` than everywhere, largest share times log-lift first.

    Numbers are cut into thirds of all images; text with very many values is left out as a name.
    """
    found = []
    for column in table.columns.difference(IDENTITY, sort=False):
        values = _values(table[column])
        if values is None:
            continue
        everywhere, here = values.value_counts(normalize=True), values.iloc[rows].value_counts(normalize=True)
        for value, share in here.items():
            quotient = share / everywhere[value]
            if quotient >= lift and share * len(rows) >= 2:
                found.append(Attribute(column, str(value), float(share), float(everywhere[value]), float(quotient)))
    ranked = sorted(found, key=lambda a: -a.share * np.log(a.lift))
    best = {attribute.column: attribute for attribute in reversed(ranked)}  # one value a column, its best
    return tuple(a for a in ranked if best[a.column] is a)[:most]


def _values(column: pd.Series) -> pd.Series | None:
    """A column as values that can be counted, None where it holds one value, or names."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column) and column.nunique() > 6:
        ranks = column.rank(pct=True)
        return pd.cut(ranks, (0, 1 / 3, 2 / 3, 1), labels=THIRDS).astype(str)
    if column.map(type).isin([dict, list, np.ndarray]).any() or not 1 < column.nunique() <= MOST_VALUES:
        return None
    return column.astype(str)
