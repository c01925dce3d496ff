"""Features ranked by what they look at, so that those that rely on the background can be listed."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from jaxtyping import Int

from qscore_core.alignment.catalogue import METRIC_KEYS, metric_named
from qscore_core.alignment.means import Overlap, overlaps
from qscore_core.alignment.settings import KINDS
from qscore_core.alignment.summary import STANDARD, chances
from qscore_core.alignment.values import Alignment
from qscore_core.evaluation import EvaluationSettings

COLUMNS = ("", "_low", "_high", "_chance", "_shuffled")


def feature_table(alignment: Alignment, metric: str = "mass", how: EvaluationSettings = STANDARD) -> pd.DataFrame:
    """One row a discriminative feature, those that rely on the spurious parts first.

    `feature`, `rate` (A_j in percent), `images` in which it was looked at, `leaning`, and for each kind the mean of
    `metric` over them: `core`, `core_low`, `core_high` (bootstrap), `core_chance`, `core_shuffled`, and so on.

    `leaning` = (core - core_shuffled) - (spurious - spurious_shuffled): above 0, a feature looks at the core parts more
    than their usual place in a picture explains. A kind without masks counts as 0 there; features that are highly
    active in none of the pictures stand last. Raises SettingsError for an unknown metric.
    """
    metric_named(metric)
    rows = []
    for feature, rate, pairs in _features(alignment):
        found = _overlaps(alignment, pairs, METRIC_KEYS.index(metric), how)
        row = {"feature": feature, "rate": rate, "images": len(pairs), "leaning": _leaning(found)}
        for kind, of_kind in zip(KINDS, found, strict=True):
            numbers = (of_kind.mean, *of_kind.ci, of_kind.chance, of_kind.shuffled)
            row |= {kind + column: number for column, number in zip(COLUMNS, numbers, strict=True)}
        rows.append(row)
    columns = ["feature", "rate", "images", "leaning", *(kind + column for kind in KINDS for column in COLUMNS)]
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("leaning", kind="stable", na_position="last").reset_index(drop=True)


def _features(alignment: Alignment) -> Iterator[tuple[int, float, Int[np.ndarray, " pair"]]]:
    """Each discriminative feature, its rate and the places of its pairs."""
    of_pair = alignment.pairs["feature"].to_numpy()
    order = np.argsort(of_pair, kind="stable")
    numbers = alignment.features["feature"].to_numpy()
    first, behind = (np.searchsorted(of_pair[order], numbers, side=side) for side in ("left", "right"))
    for number, rate, start, stop in zip(numbers, alignment.features["rate"], first, behind, strict=True):
        yield int(number), float(rate), order[start:stop]


def _overlaps(
    alignment: Alignment, pairs: Int[np.ndarray, " pair"], metric: int, how: EvaluationSettings
) -> list[Overlap]:
    """Of each kind."""
    measured, images = alignment.measured, alignment.pairs["image"].to_numpy()[pairs]
    chance = [chances(measured.shares[images, kind])[:, metric] for kind in range(len(KINDS))]
    values, shuffled = (of_all[pairs, :, metric] for of_all in (measured.pair_values, measured.pair_shuffled))
    return overlaps(values, shuffled, np.stack(chance, axis=-1), how)


def _leaning(found: list[Overlap]) -> float:
    leads = np.array([of_kind.mean - of_kind.shuffled for of_kind in found])
    if np.isnan(leads).all():
        return float("nan")
    core, spurious = np.nan_to_num(leads)
    return float(core - spurious)
