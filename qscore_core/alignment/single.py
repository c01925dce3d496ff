"""How well the map of one picture agrees with its masks, as it is looked at."""

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from qscore_core.alignment.catalogue import METRICS
from qscore_core.alignment.metrics import HALVES, Thresholds, mask_area
from qscore_core.alignment.settings import KINDS


@dataclass(frozen=True)
class Agreement:
    """`values` by the metrics' keys, NaN where there is no heat; `share` is the mask's share of the picture."""

    share: float
    values: dict[str, float]

    def chance(self, key: str) -> float:
        """What a map that is equally hot everywhere would get."""
        fixed = {metric.key: metric.chance for metric in METRICS}[key]
        return self.share if fixed is None else fixed


def agreement(
    heat: Float[Tensor, "height width"], masks: Float[Tensor, "kind height width"], thresholds: Thresholds = HALVES
) -> dict[str, Agreement]:
    """By kind of mask; a kind without any area is left out."""
    found = {}
    for name, mask in zip(KINDS, masks, strict=True):
        share = float(mask_area(mask[None], thresholds.mask).float().mean())
        if share > 0:
            values = {metric.key: float(metric.compute(heat[None], mask[None], thresholds)[0]) for metric in METRICS}
            found[name] = Agreement(share, values)
    return found
