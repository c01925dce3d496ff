"""Histograms, accuracies and the way of a report to JSON and back."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qscore_core.alignment import HeatShares, MaskShare
from qscore_core.encoder_report import EncoderReport, Histogram, ScoreReport, histogram_of, report_from_dict
from qscore_core.encoder_report.values import BINS, accuracy_of
from qscore_core.evaluation import EvaluationSettings, evaluate_signal


def test_a_histogram_by_hand():
    # 40 bins up to 0.1 are 0.0025 wide: 0.001 lies in the first, 0.0030 and 0.0049 in the second, 0.1 ends the last.
    found = histogram_of(np.array([0.001, 0.003, 0.0049, 0.1]))
    assert (found.top, found.counts) == (0.1, (1, 2, *[0] * 37, 1))
    # Twice as wide: all of the first two bins in one, and 0.1 at the end of the twentieth.
    assert found.widened(0.2) == Histogram(0.2, (3, *[0] * 18, 1, *[0] * 20))


def test_a_histogram_of_nothing():
    assert histogram_of(np.array([])) == Histogram(0.1, (0,) * BINS)


@settings(max_examples=50)
@given(st.lists(st.floats(1e-4, 0.999), min_size=1, max_size=60))
def test_the_narrowest_histogram_that_holds_all(scores):
    found = histogram_of(np.array(scores))
    assert sum(found.counts) == len(scores)
    assert found.top == 0.1 or found.top / 2 < max(scores)
    assert max(scores) <= found.top


@settings(max_examples=50)
@given(st.lists(st.integers(1, 790), min_size=1, max_size=60))
def test_widening_is_counting_in_wider_bins(places):
    # off the edges of all bins, so that rounding decides nothing
    scores = (np.array(places) + 0.5) * 0.001
    whole = np.histogram(scores, BINS, (0, 0.8))[0]
    assert histogram_of(scores).widened(0.8).counts == tuple(whole)


def test_wilson_by_hand():
    # 8 of 10 at z = 1.959964: z^2 = 3.841459. Centre (8 + 1.920729) / 13.841459 = 0.716740; half width
    # 1.959964 / 13.841459 * sqrt(8 * 2 / 10 + 3.841459 / 4) = 0.141601 * 1.600114 = 0.226578.
    found = accuracy_of("test", "all", np.array([True] * 8 + [False] * 2), 0.95)
    assert (found.split, found.part, found.images, found.top1) == ("test", "all", 10, 0.8)
    assert (found.low, found.high) == pytest.approx((0.716740 - 0.226578, 0.716740 + 0.226578), abs=1e-5)


def score(asked="4", *, judged=True):
    rng = np.random.default_rng(0)
    q, correct = rng.random(30), rng.random(30) < 0.6
    evaluation = evaluate_signal("q_score", q, correct, EvaluationSettings(resamples=20)) if judged else None
    quartiles = tuple(map(float, np.quantile(q, (0.25, 0.5, 0.75))))
    histogram = histogram_of(q)
    return ScoreReport(asked, 4.0, 9, 1.5, 0.2, 0.05, quartiles, histogram, False, ("A.", "B."), evaluation)


@pytest.fixture
def report():
    accuracies = tuple(accuracy_of(split, "all", np.array([True, False]), 0.95) for split in ("test", "swapped"))
    heat = HeatShares(2.2, 9, 1, MaskShare(8, 0.3, 0.2, 0.1, (0.0, 0.2)), MaskShare(1, 0.3, 0.2, 0.1, None))
    scores = (score(), replace(score("auto", judged=False), findings=("B.", "C.")))
    names = {"encoder": "habitats:simclr", "method": "simclr", "arch": "resnet20-slim", "dataset": "habitats"}
    counts = {"dim": 512, "fit": "train", "split": "test", "fit_images": 4000, "images": 2}
    return EncoderReport(**names, **counts, accuracies=accuracies, scores=scores, metrics={"zeros": 0.1}, heat=heat)


def test_json_gives_the_report_back(report):
    for each in (report, replace(report, heat=None, accuracies=(), encoder=None)):
        assert report_from_dict(json.loads(json.dumps(each.as_dict(), allow_nan=False))) == each
    halved = replace(report, heat=replace(report.heat, core=None))
    assert report_from_dict(json.loads(json.dumps(halved.as_dict()))) == halved


def test_parts_are_found_by_name(report):
    assert report.accuracy("swapped").split == "swapped"
    assert report.accuracy("test", "habitat fits") is None
    assert report.score("auto").evaluation is None
    assert report.score("3") is None
    assert report.findings == ("A.", "B.", "C.")
