"""The metrics once more: one map at a time, one pixel at a time, in float64."""

import math
from itertools import product

import numpy as np

from qscore_core.alignment.metrics import ROUNDING


def plain_metrics(heat, mask, heat_threshold, mask_threshold):
    """Values by key for one map [height, width]; NaN where there is no heat or no area."""
    places = list(product(range(len(heat)), range(len(heat[0]))))
    h = {p: max(float(heat[p[0]][p[1]]), 0.0) for p in places}
    m = {p: float(mask[p[0]][p[1]]) for p in places}
    top = max(h.values())
    inside = {p for p in places if m[p] >= mask_threshold and m[p] > 0}
    keys = ("heat_iou", "binary_iou", "soft_iou", "mass", "rank_accuracy", "pointing_game", "auc")
    if top == 0 or not inside:
        return dict.fromkeys(keys, math.nan)
    hot = {p for p in places if h[p] / top >= heat_threshold and h[p] > 0}
    s = lambda area: math.fsum(h[p] for p in area)  # noqa: E731
    peaks = {p for p in places if h[p] >= (1 - ROUNDING) * top}
    outside = set(places) - inside
    gaps = np.subtract.outer([h[p] for p in inside], [h[p] for p in outside])
    wins = (gaps > 0).sum() + (gaps == 0).sum() / 2
    return {
        "heat_iou": s(hot & inside) / s(hot | inside),
        "binary_iou": len(hot & inside) / len(hot | inside),
        "soft_iou": sum(min(h[p] / top, m[p]) for p in places) / sum(max(h[p] / top, m[p]) for p in places),
        "mass": s(inside) / s(places),
        "rank_accuracy": _expected_hits(h, inside) / len(inside),
        "pointing_game": len(peaks & inside) / len(peaks),
        "auc": wins / (len(inside) * len(outside)) if outside else math.nan,
    }


def _expected_hits(h, inside):
    """The list of hottest pixels: those above its last one, and of those level with it an equal part of the rest."""
    last = sorted(h.values(), reverse=True)[len(inside) - 1]
    level = {p for p in h if abs(h[p] - last) <= ROUNDING * max(h.values())}
    above = {p for p in h if h[p] > last} - level
    return len(above & inside) + (len(inside) - len(above)) / len(level) * len(level & inside)
