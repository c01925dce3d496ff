"""Linear centred kernel alignment of two encoders, from sums over the images and never from an N x N matrix.

    CKA(K, L) = HSIC(K, L) / sqrt(HSIC(K, K) HSIC(L, L)),    K = X X^T, L = Y Y^T        (Kornblith et al. 2019, eq. 4)

`plain` takes HSIC = ||Xc^T Yc||_F^2 (arXiv 1905.00414), which grows towards 1 where features are many and images few;
`unbiased` takes the U-statistic HSIC1 (Song et al. 2012; Nguyen et al., arXiv 2010.15327, eq. 3), which does not and
may be negative (K~ is K with a diagonal of 0):

    HSIC1 = [ tr(K~ L~) + 1^T K~ 1 1^T L~ 1 / ((n-1)(n-2)) - 2/(n-2) 1^T K~ L~ 1 ] / (n (n-3))

HSIC1 does not change when features are shifted, so rows centred on their mean serve: then K~ 1 = -n_i, n_i = x_i . x_i.
"""

from dataclasses import dataclass

import numpy as np

from qscore_core.comparison.pair_sums import OwnSums, PairSums

FEWEST_IMAGES = 4  # HSIC1 divides by n - 3


@dataclass(frozen=True)
class Cka:
    """None where it has no value: constant representations, for `unbiased` also fewer than 4 images."""

    unbiased: float | None
    plain: float | None


def cka(sums: PairSums) -> Cka:
    own = [_squares(one) for one in (sums.first, sums.second)]
    cross = float((sums.cross**2).sum())
    plain = _ratio(cross, own[0], own[1])
    if sums.images < FEWEST_IMAGES:
        return Cka(None, plain)
    n, a, b = sums.images, sums.first, sums.second
    between = _hsic1(n, cross, sums.norms, a.norms, b.norms)
    within = [_hsic1(n, own[k], one.norms_square, one.norms, one.norms) for k, one in enumerate((a, b))]
    return Cka(_ratio(between, within[0], within[1]), plain)


def _squares(one: OwnSums) -> float:
    return float((one.gram**2).sum())


def _hsic1(n: int, trace: float, diagonal: float, first: float, second: float) -> float:
    """`trace` of K L, `diagonal` = sum_i k_ii l_ii, `first` and `second` the traces of K and of L."""
    # tr(K~ L~) = tr(K L) - sum k_ii l_ii; 1^T K~ 1 = -tr K; 1^T K~ L~ 1 = sum k_ii l_ii, all of centred rows.
    both = trace - diagonal + first * second / ((n - 1) * (n - 2)) - 2 / (n - 2) * diagonal
    return both / (n * (n - 3))


def _ratio(between: float, first: float, second: float) -> float | None:
    return float(between / np.sqrt(first * second)) if first > 0 and second > 0 else None
