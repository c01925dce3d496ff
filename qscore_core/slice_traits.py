"""What the images of a slice have in common: columns of the table, features that fire, and the class where it is known.

A trait counts as common only where at least half of the images have it and clearly more than all images do. Traits that
need no labels come first, for the slices themselves are found without them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from qscore_core.activation_index import ActivationIndex

CLASS = "class"
IDENTITY = ("id", "path", "label", "split", CLASS)
MOST_VALUES = 60  # a column of text with more is a name and no attribute
THIRDS = ("low", "middle", "high")
COMMON_SHARE = 0.5
NOTHING_COMMON = "no clear common trait"


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

    def is_common(self, images: int) -> bool:
        """Whether half of so many images have it, and Wilson's 95 % interval of their share lies above all images'."""
        if self.share < COMMON_SHARE:
            return False
        found = binomtest(round(self.share * images), images).proportion_ci(0.95, method="wilson")
        return bool(found.low > self.everywhere)


def common(attributes: Sequence[Attribute], images: int) -> tuple[Attribute, ...]:
    """Those that a slice of so many images can be said to share."""
    return tuple(one for one in attributes if one.is_common(images))


def title_of(shared: Sequence[Attribute]) -> str:
    """The first two as a name."""
    return ", ".join(f"{one.column} {one.value}" for one in shared[:2]) or NOTHING_COMMON


def describe(table: pd.DataFrame, rows: np.ndarray, lift: float, most: int = 4) -> tuple[Attribute, ...]:
    """Values that are more frequent among `rows` than everywhere, largest share times log-lift first.

    Numbers are cut into thirds of all images; text with very many values is left out as a name, and so is the class.
    """
    ranked = _ranked(table[table.columns.difference(IDENTITY, sort=False)], rows, lift)
    best = {attribute.column: attribute for attribute in reversed(ranked)}  # one value a column, its best
    return tuple(a for a in ranked if best[a.column] is a)[:most]


def firing(
    index: ActivationIndex, rows: np.ndarray, epsilon: float, lift: float, most: int = 2
) -> tuple[Attribute, ...]:
    """Features that fire in at least half of `rows`, the most telling first: what the encoder itself sees in them."""
    numbers = np.concatenate([index.active_features(int(row), epsilon)[0] for row in rows])
    here = np.bincount(numbers, minlength=index.dim) / len(rows)
    everywhere = index.rates(epsilon) / 100
    often = np.flatnonzero((here >= COMMON_SHARE) & (here >= lift * everywhere))
    found = [
        Attribute(f"feature {j}", "fires", float(here[j]), float(everywhere[j]), float(here[j] / everywhere[j]))
        for j in often
    ]
    return tuple(sorted(found, key=_dullness)[:most])


def of_class(names: np.ndarray, rows: np.ndarray, lift: float) -> tuple[Attribute, ...]:
    """The class that stands out most, where there are labels."""
    return tuple(_ranked(pd.DataFrame({CLASS: names}), rows, lift)[:1])


def _ranked(columns: pd.DataFrame, rows: np.ndarray, lift: float) -> list[Attribute]:
    found = []
    for column in columns:
        values = _values(columns[column])
        if values is None:
            continue
        everywhere, here = values.value_counts(normalize=True), values.iloc[rows].value_counts(normalize=True)
        for value, share in here.items():
            quotient = share / everywhere[value]
            if quotient >= lift and share * len(rows) >= 2:
                found.append(Attribute(column, str(value), float(share), float(everywhere[value]), float(quotient)))
    return sorted(found, key=_dullness)


def _dullness(attribute: Attribute) -> float:
    """Smallest for what is both frequent in the slice and rare elsewhere."""
    return float(-attribute.share * np.log(attribute.lift))


def _values(column: pd.Series) -> pd.Series | None:
    """A column as values that can be counted, None where it holds one value, or names."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column) and column.nunique() > 6:
        ranks = column.rank(pct=True)
        return pd.cut(ranks, (0, 1 / 3, 2 / 3, 1), labels=THIRDS).astype(str)
    if column.map(type).isin([dict, list, np.ndarray]).any() or not 1 < column.nunique() <= MOST_VALUES:
        return None
    return column.astype(str)
