"""The metrics as they are shown: name, formula, meaning, source, and what chance is."""

from collections.abc import Callable
from dataclasses import dataclass

from qscore_core.alignment.metrics import (
    Maps,
    PerImage,
    Thresholds,
    auc,
    binary_iou,
    heat_weighted_iou,
    mass,
    pointing_game,
    rank_accuracy,
    soft_iou,
)
from qscore_core.errors import SettingsError


@dataclass(frozen=True)
class Metric:
    """A metric as it is shown. `chance` is what a map gets that is equally hot everywhere, None: the mask's share."""

    key: str
    title: str
    formula: str
    meaning: str
    source: str
    chance: float | None
    compute: Callable[[Maps, Maps, Thresholds], PerImage]


METRICS = (
    Metric(
        "heat_iou",
        "Heat-weighted IoU",
        "s(Ar ∩ M) / s(Ar ∪ M), s = heat summed over an area, Ar = {heat ≥ τ_heat · max}, M = {mask ≥ τ_mask}",
        "How far the hot area and the mask cover each other, every pixel counting with its heat.",
        "Kalibhat et al., AAAI 2024, arXiv 2203.01881, section 5 (thresholds not stated there)",
        None,
        heat_weighted_iou,
    ),
    Metric(
        "binary_iou",
        "IoU",
        "|Ar ∩ M| / |Ar ∪ M|, Ar = {heat ≥ τ_heat · max}, M = {mask ≥ τ_mask}",
        "How far the hot area and the mask cover each other, every pixel counting the same.",
        "Moayeri et al., NeurIPS 2022 (Hard ImageNet), saliency IoU at one half",
        None,
        binary_iou,
    ),
    Metric(
        "soft_iou",
        "Soft IoU",
        "Σ min(a, m) / Σ max(a, m), a = heat / max heat, m = mask from 0 to 1",
        "IoU without thresholds; the Jaccard index of two fuzzy sets.",
        "Ružička index",
        None,
        soft_iou,
    ),
    Metric(
        "mass",
        "Heat inside",
        "s(M) / s(picture)",
        "Which share of all heat lies inside the mask; what the heat-weighted IoU becomes at τ_heat = 0.",
        "Energy-based pointing game, Wang et al. 2020, arXiv 1910.01279; relevance mass accuracy, arXiv 2003.07258",
        None,
        mass,
    ),
    Metric(
        "rank_accuracy",
        "Rank accuracy",
        "|hottest |M| pixels ∩ M| / |M|",
        "Which share of the hottest pixels, as many as the mask has, lies inside the mask.",
        "Relevance rank accuracy, Arras et al. 2022, arXiv 2003.07258",
        None,
        rank_accuracy,
    ),
    Metric(
        "pointing_game",
        "Pointing game",
        "1[argmax heat ∈ M]",
        "In which share of the pictures the hottest pixel lies inside the mask.",
        "Zhang et al. 2018, arXiv 1608.00507",
        None,
        pointing_game,
    ),
    Metric(
        "auc",
        "AUC",
        "P(heat inside > heat outside) + P(equal) / 2",
        "How well heat tells the pixels of the mask from the others, at all thresholds at once.",
        "Fawcett 2006, doi:10.1016/j.patrec.2005.10.010",
        0.5,
        auc,
    ),
)
METRIC_KEYS = tuple(metric.key for metric in METRICS)


def metric_named(key: str) -> Metric:
    """Raises SettingsError listing the metrics there are."""
    if key not in METRIC_KEYS:
        raise SettingsError(f"`metric` should be one of {', '.join(METRIC_KEYS)}. Found `{key}`.")
    return METRICS[METRIC_KEYS.index(key)]
