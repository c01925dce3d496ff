"""Heat and masks of some pictures to numbers."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from qscore_core.alignment.catalogue import METRICS
from qscore_core.alignment.metrics import Thresholds, mask_area, scaled
from qscore_core.heatmaps import upsampled

MAPS_AT_ONCE = 128

Heat = Float[Tensor, "image height width"]
Masks = Float[Tensor, "image mask height width"]
Values = Float[Tensor, "image mask metric"]


@dataclass(frozen=True, eq=False)
class Pairs:
    """Single maps: channel `features[p]` of picture `images[p]`."""

    features: Int[Tensor, " pair"]
    images: Int[Tensor, " pair"]


def metric_values(heat: Heat, masks: Masks, thresholds: Thresholds) -> Values:
    """Every metric against every mask of each picture."""
    return torch.stack([metric.compute(heat[:, None], masks, thresholds) for metric in METRICS], dim=-1)


def pair_values(
    maps: Float[Tensor, "image feature map_height map_width"], pairs: Pairs, masks: Masks, thresholds: Thresholds
) -> Float[Tensor, "pair mask metric"]:
    """The metrics of single maps, brought to the masks' size some at a time."""
    parts = [maps.new_zeros(0, masks.shape[1], len(METRICS))]
    for features, images in zip(pairs.features.split(MAPS_AT_ONCE), pairs.images.split(MAPS_AT_ONCE), strict=True):
        heat = upsampled(maps[images, features], tuple(masks.shape[-2:]))
        parts.append(metric_values(heat, masks[images], thresholds))
    return torch.cat(parts)


def mask_shares(masks: Masks, threshold: float) -> Float[Tensor, "image mask"]:
    """The masks' shares of the picture; NaN where a mask has no area."""
    shares = mask_area(masks, threshold).float().mean(dim=(2, 3))
    return torch.where(shares > 0, shares, torch.nan)


def sweep_values(
    heat: Heat, masks: Masks, heat_thresholds: tuple[float, ...], mask_thresholds: tuple[float, ...]
) -> Float[Tensor, "image mask mask_threshold heat_threshold"]:
    """The heat-weighted IoU at all pairs of thresholds; `heat_thresholds` rise.

    Heat is summed once between neighbouring thresholds, in all and inside each mask; what is hot at a threshold is the
    sum over all steps above it.
    """
    steps = torch.bucketize(scaled(heat).nan_to_num(), heat.new_tensor(heat_thresholds), right=True).flatten(1)
    weights = heat.clamp_min(0).double().flatten(1)
    hot = _hot_sums(weights, steps, len(heat_thresholds))
    found = []
    for threshold in mask_thresholds:
        for inside in mask_area(masks, threshold).flatten(2).unbind(1):
            shared, within = _hot_sums(weights * inside, steps, len(heat_thresholds)), (weights * inside).sum(1)
            iou = shared / (hot + within[:, None] - shared)
            found.append(torch.where(inside.any(1)[:, None], iou, torch.nan))
    return torch.stack(found, 1).unflatten(1, (len(mask_thresholds), -1)).transpose(1, 2).to(heat.dtype)


def _hot_sums(
    weights: Float[Tensor, "image pixel"], steps: Int[Tensor, "image pixel"], thresholds: int
) -> Float[Tensor, "image threshold"]:
    """Sum of the weights of the pixels that reach each threshold."""
    between = weights.new_zeros(len(weights), thresholds + 1).scatter_add_(1, steps, weights)
    return between.flip(1).cumsum(1).flip(1)[:, 1:]
