"""Rank correlation, quadrants, disagreement and class differences: by hand, by loops, and against SciPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap, kendalltau, spearmanr

from qscore_core.comparison import (
    ALL,
    OUTCOME_QUADRANTS,
    Q_QUADRANTS,
    class_differences,
    counted,
    discordance,
    most_disagreed,
    outcome_quadrants,
    paired_difference,
    q_quadrants,
    rank_agreement,
    rank_percent,
    thresholds_at,
)
from qscore_core.errors import SettingsError
from qscore_core.evaluation import EvaluationSettings

A = np.array([0.0, 0.0, 0.2, 0.4, 0.6])
B = np.array([0.5, 0.1, 0.3, 0.0, 0.9])
SCORES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=25)


def loop_spearman(a, b):
    def ranks(values):
        return [sum(v < w for v in values) + (sum(v == w for v in values) + 1) / 2 for w in values]

    x, y = np.array(ranks(a)), np.array(ranks(b))
    x, y = x - x.mean(), y - y.mean()
    return (x * y).sum() / np.sqrt((x**2).sum() * (y**2).sum())


def loop_kendall(a, b):
    surplus = free_a = free_b = 0
    for i in range(len(a)):
        for j in range(i):
            one, other = np.sign(a[i] - a[j]), np.sign(b[i] - b[j])
            surplus += one * other
            free_a, free_b = free_a + one**2, free_b + other**2
    return surplus / np.sqrt(free_a * free_b)


def test_rank_agreement_by_hand():
    # Ranks of A: 1.5, 1.5, 3, 4, 5; of B: 4, 2, 3, 1, 5; both have mean 3.
    # sum of products of deviations: -1.5*1 + -1.5*-1 + 0 + 1*-2 + 2*2 = 2; squares: 2.25+2.25+0+1+4 = 9.5 and 10.
    assert rank_agreement(A, B).spearman == pytest.approx(2 / np.sqrt(9.5 * 10))
    # Pairs: A ties one of 10. Of the 9 others alike are 1-3 no, 1-4 no, 1-5, 2-3, 2-4 no, 2-5, 3-4 no, 3-5, 4-5: 5 - 4.
    assert rank_agreement(A, B).kendall == pytest.approx(1 / np.sqrt(9 * 10))


@given(SCORES)
def test_rank_agreement_equals_loops_and_scipy(pairs):
    a, b = np.array(pairs, float).T
    found = rank_agreement(a, b)
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        assert (found.spearman, found.kendall) == (None, None)
        return
    assert found.spearman == pytest.approx(loop_spearman(a, b)) == pytest.approx(spearmanr(a, b).statistic)
    assert found.kendall == pytest.approx(loop_kendall(a, b)) == pytest.approx(kendalltau(a, b).statistic)


def test_quadrants_by_hand():
    at = thresholds_at(A, B, 50)
    # Medians are 0.2 and 0.3; at or below is low.
    assert (at.first, at.second) == (0.2, 0.3)
    found = q_quadrants(A, B, at)
    assert [Q_QUADRANTS[place] for place in found] == ["only A low", "both low", "both low", "only B low", "neither"]
    assert counted(found, Q_QUADRANTS) == {"both low": 2, "only A low": 1, "only B low": 1, "neither": 1}


@pytest.mark.parametrize("percentile", [-1, 100.5])
def test_a_percentile_outside_its_range_is_refused(percentile):
    with pytest.raises(SettingsError, match="between 0 and 100"):
        thresholds_at(A, B, percentile)


def test_outcomes_by_hand():
    a, b = np.array([True, False, True, False, False]), np.array([True, True, False, False, True])
    found = outcome_quadrants(a, b)
    names = [OUTCOME_QUADRANTS[place] for place in found]
    assert names == ["both right", "only A wrong", "only B wrong", "both wrong", "only A wrong"]
    # Of three images that only one gets right A fails on two. P(at least as uneven) = (3 + 1 + 3 + 1) / 8 = 1.
    assert discordance(a, b).as_dict() == {"only_first_wrong": 2, "only_second_wrong": 1, "p_value": 1.0}
    # Six of six: 2 / 2**6.
    assert discordance(np.zeros(6, bool), np.ones(6, bool)).p_value == pytest.approx(2 / 64)
    assert discordance(a, a).p_value == 1.0


def test_disagreement_by_hand():
    # Ranks in percent of A: 12.5, 12.5, 50, 75, 100; of B: 75, 25, 50, 0, 100. B - A: 62.5, 12.5, 0, -75, 0.
    assert rank_percent(A).tolist() == [12.5, 12.5, 50, 75, 100]
    assert most_disagreed(A, B, 5).tolist() == [0, 1]
    assert most_disagreed(B, A, 5).tolist() == [3]


def test_class_differences_by_hand():
    names = np.array(["x", "x", "y", "y", "y"], dtype=object)
    first, second = np.array([1, 1, 0, 1, 0]), np.array([0, 0, 0, 0, 1])
    found = class_differences(first, second, names, EvaluationSettings(resamples=50))
    assert found["class"].tolist() == [ALL, "x", "y"]
    # x: 2/2 - 0/2 = 1, in every resample. y: 1/3 - 1/3 = 0. All: 3/5 - 1/5.
    assert found["difference"].tolist() == pytest.approx([0.4, 1.0, 0.0])
    assert found["images"].tolist() == [5, 2, 3]
    assert found.loc[1, ["low", "high"]].tolist() == [1.0, 1.0]


def test_the_paired_interval_agrees_with_scipy():
    rng = np.random.default_rng(0)
    a = rng.random(300)
    b = a + rng.normal(0.02, 0.1, 300)
    found = paired_difference(a, b, EvaluationSettings(resamples=2000))
    theirs = bootstrap(
        (a, b), lambda x, y: x.mean() - y.mean(), paired=True, vectorized=False, method="percentile",
        n_resamples=2000, rng=np.random.default_rng(1),
    ).confidence_interval  # fmt: skip
    assert found.ci == pytest.approx((theirs.low, theirs.high), abs=0.002)
    # Pairs make it narrow: unpaired, each mean alone wanders by about 0.29 / sqrt(300) = 0.017.
    assert found.ci[1] - found.ci[0] < 0.03
    assert found.tells
