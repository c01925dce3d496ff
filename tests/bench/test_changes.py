"""Paired changes: by hand and against SciPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_records import STATE, WITHOUT_LABELS, run
from scipy.stats import ttest_rel

from bench.changes import Change, against_before, against_control, change_of, over_methods


def top1(snapshot):
    return snapshot.top1


def test_an_interval_by_hand():
    # Mean 0.03; deviations -0.02, -0.01, 0.03: s^2 = (0.0004 + 0.0001 + 0.0009) / 2 = 0.0007, s = 0.0264575.
    # t(0.975, 2) = 4.302653, so the reach is 4.302653 * 0.0264575 / sqrt(3) = 0.0657240.
    found = change_of([0.01, 0.02, 0.06])
    assert (found.mean, found.pairs) == (pytest.approx(0.03), 3)
    assert found.interval == pytest.approx((-0.0357240, 0.0957240), abs=1e-6)
    assert found.verdict == "open"


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=2, max_size=8))
def test_an_interval_is_scipy_s(pairs):
    earlier, later = np.array(pairs).T
    if np.ptp(later - earlier) < 1e-6:
        return  # SciPy warns of equal differences
    found, expected = change_of(list(later - earlier)), ttest_rel(later, earlier).confidence_interval(0.95)
    assert found.interval == pytest.approx((expected.low, expected.high), abs=1e-9)


@pytest.mark.parametrize(("differences", "verdict"), [([0.2, 0.21], "up"), ([-0.2, -0.21], "down"), ([0.1], "open")])
def test_a_verdict_needs_an_interval_without_0(differences, verdict):
    assert change_of(differences).verdict == verdict


def test_one_pair_leaves_no_interval_and_none_no_change():
    assert change_of([0.25]) == Change(0.25, None, 1)
    assert change_of([]) is None


def test_runs_are_paired_with_the_control_of_their_seed():
    controls = [run(seed=0, top1=0.80), run(seed=1, top1=0.90), run(seed=0, method="byol", top1=0.0)]
    runs = [run("lasso", seed=1, top1=0.93), run("lasso", seed=0, top1=0.81), run("lasso", seed=2, top1=0.1)]
    # Seed 0: 0.81 - 0.80; seed 1: 0.93 - 0.90; seed 2 has no control.
    found = against_control(runs, [*controls, *runs], top1)
    assert (found.mean, found.pairs) == (pytest.approx(0.02), 2)
    assert against_control([run("lasso", recipe="paper", top1=0.9)], controls, top1) is None


def test_before_and_after_are_of_the_same_run():
    assert against_before([run(top1=STATE.top1 - 0.05), run(seed=1, top1=STATE.top1 + 0.01)], top1).mean == (
        pytest.approx(-0.02)
    )
    assert against_before([run(before=WITHOUT_LABELS)], top1) is None


def test_every_method_counts_once():
    changes = [change_of([0.1, 0.1, 0.1]), change_of([0.3]), None]
    assert (over_methods(changes).mean, over_methods(changes).pairs) == (pytest.approx(0.2), 2)
