"""Heat inside masks in brief, as an encoder's report shows it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float
from scipy import stats

from qscore_core.alignment.catalogue import METRIC_KEYS
from qscore_core.alignment.settings import KINDS
from qscore_core.alignment.values import Alignment


@dataclass(frozen=True)
class HeatSettings:
    """`images`: how many of a split's first pictures are looked at; `level`: of the intervals."""

    images: int = 500
    level: float = 0.95


@dataclass(frozen=True)
class MaskShare:
    """Means over `images` pictures: heat inside the mask, and the mask's own share of the picture, which is chance.

    `lead` is share - chance with its t interval over the pictures, None where there is only one.
    """

    images: int
    share: float
    chance: float
    lead: float
    lead_ci: tuple[float, float] | None


@dataclass(frozen=True)
class HeatShares:
    """`images` were looked at, `empty` of them have no highly active discriminative feature and so no heat.

    A kind is None where no picture has both heat and such a mask.
    """

    epsilon: float
    images: int
    empty: int
    core: MaskShare | None
    spurious: MaskShare | None


def heat_shares(alignment: Alignment, level: float = HeatSettings.level) -> HeatShares:
    """The metric `mass` of an alignment against chance."""
    measured, place = alignment.measured, METRIC_KEYS.index("mass")
    shares = {
        name: _share(measured.values[:, kind, place], measured.shares[:, kind], level)
        for kind, name in enumerate(KINDS)
    }
    return HeatShares(alignment.epsilon, alignment.images, int((~measured.heat).sum()), **shares)


def _share(values: Float[np.ndarray, " image"], shares: Float[np.ndarray, " image"], level: float) -> MaskShare | None:
    known = np.isfinite(values)
    if not known.any():
        return None
    share, chance = values[known].astype(np.float64), shares[known].astype(np.float64)
    lead = share - chance
    interval = None
    if len(lead) > 1:
        reach = stats.t.ppf((1 + level) / 2, len(lead) - 1) * lead.std(ddof=1) / np.sqrt(len(lead))
        interval = float(lead.mean() - reach), float(lead.mean() + reach)
    return MaskShare(len(lead), float(share.mean()), float(chance.mean()), float(lead.mean()), interval)
