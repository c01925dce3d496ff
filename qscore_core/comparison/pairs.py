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


def pair_in_words(pair: Pair) -> str:
    """A pair in a few sentences."""
    words, ranks = [], pair.ranks
    if ranks.spearman is not None:
        words.append(f"Their rankings by Q correlate at ρ {ranks.spearman:.2f} (Kendall τ {ranks.kendall:.2f}).")
    if pair.outcomes is not None:
        wrong, gap = pair.outcomes.quadrants, pair.outcomes.accuracy
        words.append(
            f"On {wrong['only A wrong']:,} images only A is wrong, on {wrong['only B wrong']:,} only B, on "
            f"{wrong['both wrong']:,} both: A's accuracy less B's is {100 * gap.difference:+.1f} points "
            f"({100 * gap.ci[0]:+.1f} to {100 * gap.ci[1]:+.1f})."
        )
    return " ".join(words)
