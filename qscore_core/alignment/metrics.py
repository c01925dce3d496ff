"""How well a heat map and a mask agree: pure functions of both, [..., height, width] each, broadcast to [...].

Heat is not scaled; negative heat counts as none. A mask holds values from 0 (outside) to 1 (inside), of which
`Thresholds.mask` makes an area M; `Thresholds.heat`, relative to the map's maximum, makes the hot area Ar. Every metric
is NaN where a map has no heat or a mask has no area, and a map that is equally hot everywhere gets the mask's share of
the picture (AUC: one half), which is therefore the chance level beside each.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from qscore_core.errors import SettingsError

Maps = Float[Tensor, "*#image height width"]
Areas = Bool[Tensor, "*#image height width"]
PerImage = Float[Tensor, "..."]
PIXELS = (-2, -1)
ROUNDING = 1e-5  # relative; pixels that differ by less are equally hot, whatever order the sums were done in


@dataclass(frozen=True)
class Thresholds:
    """What counts as hot, as a share of the map's maximum, and as inside the mask; at 0 whatever is above 0 counts.

    The paper does not state its thresholds. One half for both maps is Hard ImageNet's choice (Moayeri et al. 2022).
    """

    heat: float = 0.5
    mask: float = 0.5

    def __post_init__(self) -> None:
        for name, value in (("heat", self.heat), ("mask", self.mask)):
            if not 0 <= value <= 1:
                raise SettingsError(f"The {name} threshold should lie between 0 and 1. Found {value}.")


HALVES = Thresholds()


def hot_area(heat: Maps, threshold: float) -> Areas:
    """Pixels with at least `threshold` times the largest heat of their map."""
    return _reaching(scaled(heat), threshold)


def mask_area(mask: Maps, threshold: float) -> Areas:
    """Pixels inside a mask."""
    return _reaching(mask, threshold)


def scaled(heat: Maps) -> Maps:
    """Heat as a share of its map's maximum; NaN for a map without heat."""
    return heat.clamp_min(0) / heat.clamp_min(0).amax(dim=PIXELS, keepdim=True)


def heat_weighted_iou(heat: Maps, mask: Maps, thresholds: Thresholds = HALVES) -> PerImage:
    """s(Ar n M) / s(Ar u M) with s the heat summed over an area (arXiv 2203.01881, section 5)."""
    hot, inside = hot_area(heat, thresholds.heat), mask_area(mask, thresholds.mask)
    return _where_defined(_sum_of(heat, hot & inside) / _sum_of(heat, hot | inside), heat, inside)


def binary_iou(heat: Maps, mask: Maps, thresholds: Thresholds = HALVES) -> PerImage:
    """|Ar n M| / |Ar u M|, in pixels."""
    hot, inside = hot_area(heat, thresholds.heat), mask_area(mask, thresholds.mask)
    return _where_defined(_count(hot & inside) / _count(hot | inside), heat, inside)


def soft_iou(heat: Maps, mask: Maps, thresholds: Thresholds = HALVES) -> PerImage:
    """sum(min(a, m)) / sum(max(a, m)) with a the heat as a share of its maximum; no threshold enters the value."""
    smaller, larger = torch.minimum(scaled(heat), mask), torch.maximum(scaled(heat), mask)
    return _where_defined(smaller.sum(PIXELS) / larger.sum(PIXELS), heat, mask_area(mask, thresholds.mask))


def mass(heat: Maps, mask: Maps, thresholds: Thresholds = HALVES) -> PerImage:
    """s(M) / s(picture): the share of the heat inside the mask."""
    inside = mask_area(mask, thresholds.mask)
    return _where_defined(_sum_of(heat, inside) / heat.clamp_min(0).sum(PIXELS), heat, inside)


def rank_accuracy(heat: Maps, mask: Maps, thresholds: Thresholds = HALVES) -> PerImage:
    """|hottest |M| pixels n M| / |M|; of pixels with equal heat at the end of the list, each counts in part."""
    inside = mask_area(mask, thresholds.mask)
    values, wanted = heat.clamp_min(0), _count(inside)
    # A map brought to a larger size is level along its edges, but for the rounding of each pixel's own sum.
    last, margin = _largest(values, wanted.long())[..., None, None], ROUNDING * values.amax(dim=PIXELS, keepdim=True)
    above, tied = values > last + margin, (values - last).abs() <= margin
    part = (wanted - _count(above)) / _count(tied)
    return _where_defined((_count(above & inside) + part * _count(tied & inside)) / wanted, heat, inside)


def pointing_game(heat: Maps, mask: Maps, thresholds: Thresholds = HALVES) -> PerImage:
    """1 where the hottest pixel lies inside the mask, else 0; of several hottest, the share that does."""
    inside = mask_area(mask, thresholds.mask)
    hottest = heat >= (1 - ROUNDING) * heat.amax(dim=PIXELS, keepdim=True)
    return _where_defined(_count(hottest & inside) / _count(hottest), heat, inside)


def auc(heat: Maps, mask: Maps, thresholds: Thresholds = HALVES) -> PerImage:
    """P(heat inside > heat outside) + P(equal) / 2 for one pixel of each; NaN also for a mask of the whole picture."""
    inside = mask_area(mask, thresholds.mask)
    within, outside = _count(inside), _count(~inside)
    wins = (_mean_ranks(heat.clamp_min(0)) * inside).sum(PIXELS) - within * (within + 1) / 2
    return _where_defined(wins / (within * outside), heat, inside)


def _mean_ranks(values: Maps) -> Maps:
    """Rank of each pixel in its map from 1, equal values sharing their mean rank; float64, as they are summed."""
    ordered, order = values.flatten(-2).sort(dim=-1)
    places = torch.arange(ordered.shape[-1], device=values.device).expand_as(ordered)
    rises = ordered[..., 1:] != ordered[..., :-1]
    end = torch.ones_like(rises[..., :1])
    first = torch.where(torch.cat([end, rises], -1), places, 0).cummax(-1).values
    last = torch.where(torch.cat([rises, end], -1), places, places.shape[-1]).flip(-1).cummin(-1).values.flip(-1)
    ranks = torch.empty_like(ordered, dtype=torch.float64).scatter_(-1, order, (first + last).double() / 2 + 1)
    return ranks.unflatten(-1, values.shape[-2:])


def _largest(values: Maps, rank: Int[Tensor, "..."]) -> PerImage:
    """The value of each map that has a rank from 1 for the largest."""
    ordered = values.flatten(-2).sort(dim=-1, descending=True).values
    places = (rank - 1).clamp_min(0)[..., None]
    return ordered.expand(*torch.broadcast_shapes(ordered.shape[:-1], rank.shape), -1).gather(-1, places)[..., 0]


def _reaching(values: Maps, threshold: float) -> Areas:
    return (values >= threshold) & (values > 0)


def _count(area: Areas) -> PerImage:
    return area.sum(PIXELS, dtype=torch.float64)


def _sum_of(heat: Maps, area: Areas) -> PerImage:
    return (heat.clamp_min(0) * area).sum(PIXELS)


def _where_defined(values: PerImage, heat: Maps, inside: Areas) -> PerImage:
    defined = (heat.amax(dim=PIXELS) > 0) & (_count(inside) > 0)
    return torch.where(defined, values, torch.nan).to(heat.dtype)
