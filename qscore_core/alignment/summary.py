"""What an alignment comes to: overall, per class, per outcome, along thresholds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from qscore_core.alignment.catalogue import METRIC_KEYS, METRICS, metric_named
from qscore_core.alignment.means import Overlap, gaps, mean_intervals, means, overlaps
from qscore_core.alignment.settings import KINDS
from qscore_core.alignment.values import Alignment
from qscore_core.errors import SettingsError
from qscore_core.evaluation import EvaluationSettings, Interval

STANDARD = EvaluationSettings()
CORRECT, MISCLASSIFIED = "correct", "misclassified"


@dataclass(frozen=True)
class KindSummary:
    """All metrics for one kind of mask; pictures without heat or without such a mask are left out, and counted."""

    images: int
    without_heat: int
    without_mask: int
    metrics: dict[str, Overlap]


Summary = dict[str, KindSummary]


@dataclass(frozen=True)
class Gap:
    """Mean of the pictures that the probe gets right minus that of those it gets wrong, with a bootstrap interval."""

    difference: float
    ci: Interval


def summarise(
    alignment: Alignment, chosen: Bool[np.ndarray, " image"] | None = None, how: EvaluationSettings = STANDARD
) -> Summary:
    """Core and spurious overlap of the chosen pictures, of all where none are chosen."""
    rows = np.ones(alignment.images, bool) if chosen is None else chosen
    return {name: _of_kind(alignment, rows, kind, how) for kind, name in enumerate(KINDS)}


def by_class(alignment: Alignment, how: EvaluationSettings = STANDARD) -> dict[str, Summary]:
    """Of each class that has a picture, by name."""
    labels = alignment.pictures["label"].to_numpy()
    present = [(number, name) for number, name in enumerate(alignment.classes) if (labels == number).any()]
    return {name: summarise(alignment, labels == number, how) for number, name in present}


def by_outcome(
    alignment: Alignment, correct: Bool[np.ndarray, " place"], how: EvaluationSettings = STANDARD
) -> dict[str, Summary]:
    """Of the pictures that the probe gets right and of those it gets wrong; `correct` is of the scored split."""
    right = correct[alignment.pictures["place"].to_numpy()]
    return {CORRECT: summarise(alignment, right, how), MISCLASSIFIED: summarise(alignment, ~right, how)}


def outcome_gap(
    alignment: Alignment, correct: Bool[np.ndarray, " place"], metric: str, how: EvaluationSettings = STANDARD
) -> dict[str, Gap | None]:
    """By kind of mask; None where a group has no picture with heat and such a mask. Raises SettingsError."""
    metric_named(metric)
    values = alignment.measured.values[:, :, METRIC_KEYS.index(metric)]
    right = correct[alignment.pictures["place"].to_numpy()]
    if right.all() or not right.any():
        return dict.fromkeys(KINDS)
    found, ends = gaps(values[right], values[~right], how)
    numbers = zip(KINDS, found, ends, strict=True)
    return {
        kind: None if np.isnan(value) else Gap(float(value), (float(low), float(high)))
        for kind, value, (low, high) in numbers
    }


def sweep_table(
    alignment: Alignment, chosen: Bool[np.ndarray, " image"] | None = None, how: EvaluationSettings = STANDARD
) -> pd.DataFrame:
    """Mean heat-weighted IoU at all thresholds.

    `kind, mask_threshold, heat_threshold, mean, low, high` (bootstrap over pictures) and `images`.
    """
    settings, sweep = alignment.settings, alignment.measured.sweep
    values = (sweep if chosen is None else sweep[chosen]).reshape(-1, sweep[0].size)
    axes = {"kind": KINDS, "mask_threshold": settings.sweep_mask, "heat_threshold": settings.sweep_heat}
    table = pd.MultiIndex.from_product(axes.values(), names=axes).to_frame(index=False)
    low, high = mean_intervals(values, how).T
    return table.assign(mean=means(values), low=low, high=high, images=np.isfinite(values).sum(axis=0))


def at_thresholds(overlap: Overlap, sweep: pd.DataFrame, kind: str, heat: float, mask: float) -> Overlap:
    """The heat-weighted IoU of a kind at other thresholds, from a table of `sweep_table`; it has no control there.

    Raises SettingsError for thresholds that the table does not have.
    """
    at = (sweep["kind"] == kind) & np.isclose(sweep["heat_threshold"], heat) & np.isclose(sweep["mask_threshold"], mask)
    if not at.any():
        raise SettingsError(f"The sweep should have the thresholds {heat:g} and {mask:g}. It has not; align with them.")
    row = sweep[at].iloc[0]
    interval = float(row["low"]), float(row["high"])
    return replace(overlap, mean=float(row["mean"]), ci=interval, shuffled=float("nan"))


def summary_table(groups: Mapping[str, Summary]) -> pd.DataFrame:
    """Long form: `group, kind, metric, images, mean, low, high, chance, shuffled`."""
    rows = [
        (group, kind, key, found.images, found.mean, *found.ci, found.chance, found.shuffled)
        for group, summary in groups.items()
        for kind, of_kind in summary.items()
        for key, found in of_kind.metrics.items()
    ]
    columns = ["group", "kind", "metric", "images", "mean", "low", "high", "chance", "shuffled"]
    return pd.DataFrame(rows, columns=columns)


def chances(shares: Float[np.ndarray, " entry"]) -> Float[np.ndarray, "entry metric"]:
    """What a map that is equally hot everywhere gets, from the masks' shares of the picture."""
    return np.stack([shares if m.chance is None else np.full_like(shares, m.chance) for m in METRICS], axis=-1)


def _of_kind(alignment: Alignment, rows: Bool[np.ndarray, " image"], kind: int, how: EvaluationSettings) -> KindSummary:
    measured = alignment.measured
    heat, shares = measured.heat[rows], measured.shares[rows, kind]
    found = overlaps(measured.values[rows, kind], measured.shuffled[rows, kind], chances(shares), how)
    return KindSummary(
        images=int((heat & np.isfinite(shares)).sum()),
        without_heat=int((~heat).sum()),
        without_mask=int(np.isnan(shares).sum()),
        metrics=dict(zip(METRIC_KEYS, found, strict=True)),
    )
