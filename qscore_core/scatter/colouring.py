"""A column as colours: at most ten hues and then "other", or a scale. A point carries one byte, never a colour."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

MOST_HUES = 10
OTHER = "other"
MISSING = 255
LAST_STEP = 254
FEW_NUMBERS = 6  # numeric columns with at most so many different values are categories


@dataclass(frozen=True, eq=False)
class Colouring:
    """`codes` uint8 [point], 255 where the value is missing.

    Categories: `names` with `counts`, the most frequent first, `other` last where there are more than ten.
    A scale: no names, `codes` 0 to 254 from `low` to `high`.
    """

    title: str
    codes: np.ndarray
    names: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    low: float = 0.0
    high: float = 1.0

    @property
    def missing(self) -> int:
        return int((self.codes == MISSING).sum())


def by_category(title: str, values: Sequence[object] | np.ndarray | pd.Series) -> Colouring:
    """Ten hues for the most frequent values; all others share one."""
    column = pd.Series(values).astype(object)
    texts = column.map(_name, na_action="ignore")
    frequent = _by_count(texts)
    named = frequent if len(frequent) <= MOST_HUES else frequent[: MOST_HUES - 1]
    names = [*named, *([OTHER] if len(named) < len(frequent) else [])]
    place = {name: number for number, name in enumerate(named)}
    codes = texts.map(place).fillna(len(named)).to_numpy(np.uint8)
    codes[texts.isna().to_numpy()] = MISSING
    counts = tuple(int(count) for count in np.bincount(codes[codes != MISSING], minlength=len(names)))
    return Colouring(title, codes, tuple(names), counts)


def by_value(title: str, values: np.ndarray | pd.Series) -> Colouring:
    """A scale from the lowest to the highest finite value."""
    numbers = np.asarray(values, np.float64)
    finite = np.isfinite(numbers)
    low, high = (float(numbers[finite].min()), float(numbers[finite].max())) if finite.any() else (0.0, 1.0)
    codes = np.full(len(numbers), MISSING, np.uint8)
    codes[finite] = np.rint(LAST_STEP * (numbers[finite] - low) / ((high - low) or 1.0)).astype(np.uint8)
    return Colouring(title, codes, low=low, high=high)


def colouring_of(title: str, values: pd.Series) -> Colouring:
    """A scale for numbers of many values, categories for anything else."""
    numeric = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    return by_value(title, values) if numeric and values.nunique() > FEW_NUMBERS else by_category(title, values)


def _by_count(texts: pd.Series) -> list[str]:
    """Different values, most frequent first and then by name, so that colours do not depend on the order of images."""
    counts = texts.value_counts()
    return sorted(counts.index, key=lambda name: (-counts[name], name))


def _name(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return str(value) or "(none)"
