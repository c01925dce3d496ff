"""How far representations can be cut down to their discriminative features (arXiv 2203.01881, figure 2)."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Int
from sklearn.preprocessing import normalize

from qscore_core.activation import FeatureSettings, discriminative_features
from qscore_core.errors import RepresentationError, SettingsError
from qscore_core.probe import ProbeSettings, fit_probe
from qscore_core.progress import Meter, OnProgress, silent

Window = tuple[float, float]
FULL: Window = (0.0, 100.0)


@dataclass(frozen=True)
class CompressionSettings:
    """`windows` are pairs of percentiles of the activation rates A_j; (0, 100) stands for all features.

    The defaults narrow evenly to the paper's (50, 95) and on to a window of 15 percent. `firing_only` takes percentiles
    over the features that fire at all, as in `FeatureSettings`.
    """

    windows: tuple[Window, ...] = (
        FULL, (10, 99), (20, 98), (30, 97), (40, 96), (50, 95), (55, 90), (60, 85), (65, 80),
    )  # fmt: skip
    random_subsets: int = 4
    firing_only: bool = False
    seed: int = 0
    probe: ProbeSettings = field(default_factory=ProbeSettings)

    def __post_init__(self) -> None:
        if self.random_subsets < 1:
            raise SettingsError(f"`random_subsets` should be at least 1. Found {self.random_subsets}.")
        for lower, upper in self.windows:
            FeatureSettings(lower=lower, upper=upper)


@dataclass(frozen=True)
class CompressionPoint:
    """Top-1 on test (a share) with the `features` of one window, beside random subsets of as many features.

    `pca_top1`: with the first principal directions of train, as many; None in results of before there was that.
    """

    lower: float
    upper: float
    features: int
    share_removed: float
    top1: float
    random_top1_mean: float
    random_top1_min: float
    random_top1_max: float
    pca_top1: float | None = None


@dataclass(frozen=True)
class CompressionCurve:
    """Points from all features to few; `strength` is the C that all probes share."""

    points: tuple[CompressionPoint, ...]
    strength: float
    dim: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def compression_curve(
    train_h: Float[np.ndarray, "train feature"],
    train_labels: Int[np.ndarray, " train_label"],
    test_h: Float[np.ndarray, "test feature"],
    test_labels: Int[np.ndarray, " test_label"],
    classes: int,
    rates: Float[np.ndarray, " rate"],
    settings: CompressionSettings = CompressionSettings(),
    on_progress: OnProgress = silent,
) -> CompressionCurve:
    """Top-1 of a linear probe on the features in the middle of A_j, in ever narrower windows.

    `rates` is A_j on train, in percent, or on another data set to ask whether its D serves here too. Rows are
    scaled to length one over all features before any is removed, so that an image's remaining features keep their
    values. The strength of regularisation is chosen once, on a validation part of train with all features, and used
    for every subset. Windows that hold the same features as an earlier one (ties of A_j) or none at all are left
    out. Always the `fast` recipe, both matrices in memory.
    """
    if len(rates) != train_h.shape[1] or test_h.shape[1] != train_h.shape[1]:
        raise RepresentationError(
            "`rates`, `train_h` and `test_h` should have the same number of features. "
            f"Found {len(rates)}, {train_h.shape[1]} and {test_h.shape[1]}."
        )
    train, test = (normalize(h) if settings.probe.normalize else h for h in (train_h, test_h))
    windows = _distinct_windows(rates, settings)
    axes = principal_axes(train)
    meter = Meter("compression curve, probes", 1 + sum(len(masks) + 1 for _, masks in windows), on_progress)
    base = replace(settings.probe, recipe="fast", normalize=False)
    strength = fit_probe(train, train_labels, classes, base).record.chosen
    meter.update(1)
    shared = replace(base, fast=replace(base.fast, strengths=(strength,)))

    def reached(onto: np.ndarray) -> float:
        """With the columns that a mask keeps, or along the directions that are the columns of a matrix."""
        parts = [h @ onto if onto.dtype != bool else h[:, onto] for h in (train, test)]
        return float(fit_probe(parts[0], train_labels, classes, shared).correct(parts[1], test_labels).mean())

    points, done = [], 1
    for window, masks in windows:
        found = []
        for kept in masks:
            found.append(reached(kept))
            meter.update(done := done + 1)
        # As many directions as features are the same space, turned.
        pca = found[0] if masks[0].all() else reached(axes[:, : masks[0].sum()])
        meter.update(done := done + 1)
        points.append(_point(window, masks[0], found, pca))
    return CompressionCurve(tuple(points), strength, len(rates))


def principal_axes(rows: Float[np.ndarray, "train feature"]) -> Float[np.ndarray, "feature direction"]:
    """Eigenvectors of the rows' covariance, largest variance first; float32 where the rows are."""
    covariance = np.cov(rows.astype(np.float64), rowvar=False, bias=True)
    return np.linalg.eigh(covariance)[1][:, ::-1].astype(rows.dtype)


def _distinct_windows(
    rates: Float[np.ndarray, " feature"], settings: CompressionSettings
) -> list[tuple[Window, list[Bool[np.ndarray, " feature"]]]]:
    """Each window with its features first and the random subsets of the same size after them."""
    found: dict[bytes, tuple[Window, list[np.ndarray]]] = {}
    for window in settings.windows:
        kept = _kept(rates, window, settings.firing_only)
        if kept.any() and kept.tobytes() not in found:
            found[kept.tobytes()] = (window, [kept, *_random_subsets(len(kept), int(kept.sum()), settings)])
    return list(found.values())


def _kept(rates: Float[np.ndarray, " feature"], window: Window, firing_only: bool) -> Bool[np.ndarray, " feature"]:
    """The rule of D with this window's percentiles; (0, 100) also keeps the features that never fire."""
    if window == FULL:
        return np.ones(len(rates), dtype=bool)
    lower, upper = window
    return discriminative_features(rates, FeatureSettings(lower=lower, upper=upper, firing_only=firing_only))


def _random_subsets(dim: int, features: int, settings: CompressionSettings) -> Iterator[Bool[np.ndarray, " feature"]]:
    """Drawn among all features, from a seed of their own for each size; all features leave nothing to draw."""
    rng = np.random.default_rng((settings.seed, features))
    for _ in range(settings.random_subsets if features < dim else 0):
        drawn = np.zeros(dim, dtype=bool)
        drawn[rng.choice(dim, features, replace=False)] = True
        yield drawn


def _point(window: Window, kept: Bool[np.ndarray, " feature"], reached: list[float], pca: float) -> CompressionPoint:
    top1, *others = reached
    random = others or [top1]
    return CompressionPoint(
        lower=float(window[0]),
        upper=float(window[1]),
        features=int(kept.sum()),
        share_removed=float(1 - kept.mean()),
        top1=top1,
        random_top1_mean=float(np.mean(random)),
        random_top1_min=min(random),
        random_top1_max=max(random),
        pca_top1=pca,
    )
