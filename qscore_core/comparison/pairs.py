"""Two of the compared encoders, A and B, in numbers."""

from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np

from qscore_core.comparison.classes import PairedDifference, paired_difference
from qscore_core.comparison.matching import matches
from qscore_core.comparison.quadrants import (
    OUTCOME_QUADRANTS,
    Q_QUADRANTS,
    Discordance,
    Thresholds,
    counted,
    discordance,
    outcome_quadrants,
    q_quadrants,
    thresholds_at,
)
from qscore_core.comparison.ranks import RankAgreement, rank_agreement
from qscore_core.comparison.similarity import Similarity
from qscore_core.comparison.values import Comparison
from qscore_core.evaluation import EvaluationSettings


@dataclass(frozen=True)
class Outcomes:
    """What both probes make of the images: counts by quadrant, and A's accuracy minus B's."""

    quadrants: dict[str, int]
    accuracy: PairedDifference
    discordance: Discordance


@dataclass(frozen=True)
class Pair:
    """`outcomes` is None without labels; `matched` the mean correlation of A's features with their best in B."""

    first: str
    second: str
    ranks: RankAgreement
    thresholds: Thresholds
    quadrants: dict[str, int]
    outcomes: Outcomes | None
    cka_unbiased: float | None
    cka_plain: float | None
    matched: float
    mutual: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def pair_of(
    comparison: Comparison,
    first: str,
    second: str,
    similarity: Similarity,
    percentile: float,
    how: EvaluationSettings,
) -> Pair:
    a, b = comparison.q(first), comparison.q(second)
    at = thresholds_at(a, b, percentile)
    found = matches(np.asarray(similarity.correlations))
    return Pair(
        first=first,
        second=second,
        ranks=rank_agreement(a, b),
        thresholds=at,
        quadrants=counted(q_quadrants(a, b, at), Q_QUADRANTS),
        outcomes=_outcomes(comparison, first, second, how) if comparison.judged else None,
        cka_unbiased=similarity.cka.unbiased,
        cka_plain=similarity.cka.plain,
        matched=float(found.correlation.mean()),
        mutual=float(found.mutual.mean()),
    )


def _outcomes(comparison: Comparison, first: str, second: str, how: EvaluationSettings) -> Outcomes:
    a, b = comparison.correct(first), comparison.correct(second)
    return Outcomes(
        counted(outcome_quadrants(a, b), OUTCOME_QUADRANTS),
        paired_difference(a.astype(np.float64), b.astype(np.float64), how),
        discordance(a, b),
    )


def pairs_of(comparison: Comparison) -> list[tuple[str, str]]:
    """Every two encoders once, in the order in which they were named."""
    return list(combinations(comparison.refs, 2))
