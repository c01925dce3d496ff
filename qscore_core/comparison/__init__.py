"""Two to eight encoders on the same images: which fail where, together and alone, and what their features share.

>>> from qscore_core.comparison import CompareSettings, compare, encoder_rows
>>> encoder_rows(compare(subjects, which, workspace, CompareSettings()))  # doctest: +SKIP
"""

from qscore_core.comparison.cka import Cka, cka
from qscore_core.comparison.classes import ALL, PairedDifference, class_differences, paired_difference
from qscore_core.comparison.joining import Shared, join
from qscore_core.comparison.making import CompareSettings, compare, compare_settings, member_of
from qscore_core.comparison.matching import Matches, best_matches, correlations, matches
from qscore_core.comparison.neighbourhoods import Neighbourhoods, neighbourhoods, stored_neighbourhoods
from qscore_core.comparison.pair_sums import PairSums, pair_sums
from qscore_core.comparison.pairs import Pair, pair_in_words, pair_of, pairs_of
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
from qscore_core.comparison.ranks import RankAgreement, most_disagreed, rank_agreement, rank_percent
from qscore_core.comparison.seen import with_view_metrics
from qscore_core.comparison.similarity import Similarity, similarity, stored_similarity
from qscore_core.comparison.tables import encoder_rows, flat, image_table, measure_table, pair_table, single_table
from qscore_core.comparison.together import groups, short_names, who_errs
from qscore_core.comparison.values import FEWEST, MOST, Comparison, Member, put_together

__all__ = [
    "ALL",
    "FEWEST",
    "MOST",
    "OUTCOME_QUADRANTS",
    "Q_QUADRANTS",
    "Cka",
    "CompareSettings",
    "Comparison",
    "Discordance",
    "Matches",
    "Member",
    "Neighbourhoods",
    "Pair",
    "PairSums",
    "PairedDifference",
    "RankAgreement",
    "Shared",
    "Similarity",
    "Thresholds",
    "best_matches",
    "cka",
    "class_differences",
    "compare",
    "compare_settings",
    "correlations",
    "counted",
    "discordance",
    "encoder_rows",
    "flat",
    "groups",
    "image_table",
    "join",
    "matches",
    "measure_table",
    "member_of",
    "most_disagreed",
    "neighbourhoods",
    "outcome_quadrants",
    "pair_in_words",
    "pair_of",
    "pair_sums",
    "pair_table",
    "paired_difference",
    "pairs_of",
    "put_together",
    "q_quadrants",
    "rank_agreement",
    "rank_percent",
    "short_names",
    "similarity",
    "single_table",
    "stored_neighbourhoods",
    "stored_similarity",
    "thresholds_at",
    "who_errs",
    "with_view_metrics",
]
