"""AUROC, average precision, intervals and curves: by hand, against scikit-learn, and their symmetries."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import auc, average_precision_score, roc_auc_score

from qscore_core.errors import RepresentationError, SettingsError
from qscore_core.evaluation import (
    EvaluationSettings,
    accuracy_by_decile,
    evaluate_signal,
    precision_recall_points,
    roc_curve_points,
)
from qscore_core.evaluation.ranking import auroc, average_precision, masses

FEW = EvaluationSettings(resamples=20)

SCORES = np.array([0.9, 0.8, 0.8, 0.3, 0.1])
CORRECT = np.array([True, True, False, True, False])


@st.composite
def judged(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Scores with many ties, and both outcomes."""
    correct = draw(st.lists(st.booleans(), min_size=2, max_size=40).filter(lambda found: len(set(found)) == 2))
    scores = draw(st.lists(st.integers(-4, 4), min_size=len(correct), max_size=len(correct)))
    return np.array(scores, dtype=float), np.array(correct)


def test_a_hand_worked_example():
    found = evaluate_signal("q", SCORES, CORRECT, FEW)
    # Correct: 0.9, 0.8, 0.3. Wrong: 0.8, 0.1. Of 3 * 2 pairs: 0.9 wins 2, 0.8 wins 1 and ties once, 0.3 wins 1.
    assert found.auroc == pytest.approx((2 + 1.5 + 1) / 6)
    # Thresholds 0.9, 0.8, 0.3: recall gains 1/3 each at precision 1/1, 2/3, 3/4.
    assert found.auprc_correct == pytest.approx((1 + 2 / 3 + 3 / 4) / 3)
    # Lowest first, mistakes wanted: 0.1 gains 1/2 at 1/1; 0.8 (after 0.3, a correct one) gains 1/2 at 2/4.
    assert found.auprc_error == pytest.approx((1 + 2 / 4) / 2)
    assert found.accuracy == pytest.approx(3 / 5)
    assert found.lift_correct == pytest.approx(found.auprc_correct - 3 / 5)
    assert found.lift_error == pytest.approx(found.auprc_error - 2 / 5)


@given(judged(), st.integers(0, 1000))
def test_weighted_measures_equal_scikit_learn(case: tuple[np.ndarray, np.ndarray], seed: int):
    scores, correct = case
    weights = np.random.default_rng(seed).integers(0, 4, (3, len(scores))).astype(float)
    weights[:, [correct.argmax(), correct.argmin()]] += 1  # both outcomes have weight
    found = masses(scores, correct, weights)
    for row, weight in enumerate(weights):
        assert auroc(found)[row] == pytest.approx(roc_auc_score(correct, scores, sample_weight=weight))
        precision = average_precision(found)[row], average_precision(found.mirrored())[row]
        assert precision[0] == pytest.approx(average_precision_score(correct, scores, sample_weight=weight))
        assert precision[1] == pytest.approx(average_precision_score(~correct, -scores, sample_weight=weight))


def test_float32_scores_of_many_images_equal_scikit_learn():
    rng = np.random.default_rng(0)
    correct = rng.random(5000) < 0.7
    scores = (rng.normal(size=5000) + correct).astype(np.float32)
    found = evaluate_signal("q", scores, correct, FEW)
    assert found.auroc == pytest.approx(roc_auc_score(correct, scores), abs=1e-12)
    assert found.auprc_correct == pytest.approx(average_precision_score(correct, scores), abs=1e-12)
    assert found.auprc_error == pytest.approx(average_precision_score(~correct, -scores), abs=1e-12)


@given(judged())
def test_only_the_order_of_scores_matters(case: tuple[np.ndarray, np.ndarray]):
    scores, correct = case
    assert evaluate_signal("q", np.exp(scores), correct, FEW) == evaluate_signal("q", scores, correct, FEW)


@given(judged())
def test_the_opposite_score_is_the_mirror_image(case: tuple[np.ndarray, np.ndarray]):
    scores, correct = case
    found, opposite = evaluate_signal("q", scores, correct, FEW), evaluate_signal("q", -scores, correct, FEW)
    assert opposite.auroc == pytest.approx(1 - found.auroc)
    swapped = evaluate_signal("q", -scores, ~correct, FEW)
    assert swapped.auroc == pytest.approx(found.auroc)
    assert swapped.auprc_correct == pytest.approx(found.auprc_error)
    assert swapped.lift_error == pytest.approx(found.lift_correct)


@given(judged())
def test_the_order_of_images_does_not_matter(case: tuple[np.ndarray, np.ndarray]):
    scores, correct = case
    order = np.random.default_rng(0).permutation(len(scores))
    first, second = evaluate_signal("q", scores, correct, FEW), evaluate_signal("q", scores[order], correct[order], FEW)
    assert (second.auroc, second.auprc_correct) == pytest.approx((first.auroc, first.auprc_correct))


def test_a_constant_score_is_chance():
    found = evaluate_signal("q", np.zeros(5), CORRECT, FEW)
    assert (found.auroc, found.auprc_correct, found.auprc_error) == pytest.approx((0.5, 0.6, 0.4))
    assert (found.lift_correct, found.lift_error) == pytest.approx((0, 0))


def test_intervals_equal_a_plain_loop_over_scikit_learn():
    rng = np.random.default_rng(5)
    correct = rng.random(80) < 0.6
    scores = np.round(rng.normal(size=80) + correct, 1)
    settings = EvaluationSettings(resamples=60, seed=2, level=0.9)
    drawn = np.random.default_rng(2).integers(0, 80, (60, 80))
    found = evaluate_signal("q", scores, correct, settings)
    loop = {
        "auroc_ci": [roc_auc_score(correct[i], scores[i]) for i in drawn],
        "auprc_correct_ci": [average_precision_score(correct[i], scores[i]) for i in drawn],
        "auprc_error_ci": [average_precision_score(~correct[i], -scores[i]) for i in drawn],
        "accuracy_ci": [correct[i].mean() for i in drawn],
        "lift_correct_ci": [average_precision_score(correct[i], scores[i]) - correct[i].mean() for i in drawn],
    }
    for name, values in loop.items():
        assert getattr(found, name) == pytest.approx(np.quantile(values, [0.05, 0.95])), name


def test_intervals_cover_the_truth_about_as_often_as_they_say():
    # Scores normal with means 0 and 1: the true AUROC is Phi(1 / sqrt 2) = 0.7602. Of 100 intervals at 90 %, between 82
    # and 97 hold it unless something is wrong (binomial, beyond 2.5 standard deviations).
    covered = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        correct = rng.random(200) < 0.6
        scores = rng.normal(size=200) + correct
        found = evaluate_signal("q", scores, correct, EvaluationSettings(resamples=200, seed=seed, level=0.9))
        covered += found.auroc_ci[0] <= 0.7602 <= found.auroc_ci[1]
    assert 82 <= covered <= 97


def test_batches_of_resamples_join_to_the_same_stream(monkeypatch: pytest.MonkeyPatch):
    whole = evaluate_signal("q", SCORES, CORRECT, EvaluationSettings(resamples=50))
    monkeypatch.setattr("qscore_core.evaluation.resampling.BATCH_ENTRIES", 35)  # seven resamples of five images
    assert evaluate_signal("q", SCORES, CORRECT, EvaluationSettings(resamples=50)) == whole


def test_resamples_with_one_outcome_only_are_not_counted():
    # Two images: half of the resamples draw one of them twice.
    found = evaluate_signal("q", np.array([1.0, 0.0]), np.array([True, False]), EvaluationSettings(resamples=400))
    assert 150 < found.resamples < 250
    assert found.auroc_ci == (1.0, 1.0)


def test_the_dictionary_is_json_with_the_contract_keys():
    found = json.loads(json.dumps(evaluate_signal("q", SCORES, CORRECT, FEW).as_dict(), allow_nan=False))
    assert {"name", "auroc", "auroc_ci", "auprc_correct", "auprc_error", "lift"} <= set(found)
    assert found["lift"] == found["lift_correct"]


def test_the_roc_curve_is_drawn_from_corner_to_corner():
    curve = roc_curve_points(SCORES, CORRECT)
    assert (curve.false_positive_rate[0], curve.true_positive_rate[0], curve.threshold[0]) == (0, 0, None)
    assert (curve.false_positive_rate[-1], curve.true_positive_rate[-1], curve.threshold[-1]) == (1, 1, 0.1)
    assert auc(curve.false_positive_rate, curve.true_positive_rate) == pytest.approx(4.5 / 6)


def test_curves_are_thinned_but_keep_their_shape():
    rng = np.random.default_rng(0)
    correct = rng.random(20_000) < 0.7
    scores = rng.normal(size=20_000) + correct
    roc = roc_curve_points(scores, correct)
    area = auc(roc.false_positive_rate, roc.true_positive_rate)
    assert len(roc.threshold) == 500
    assert area == pytest.approx(roc_auc_score(correct, scores), abs=1e-3)
    for positive, wanted, ranked in (("correct", correct, scores), ("error", ~correct, -scores)):
        curve = precision_recall_points(scores, correct, positive)
        assert len(curve.recall) == len(curve.threshold) == 500
        area = auc(curve.recall, curve.precision)
        assert area == pytest.approx(average_precision_score(wanted, ranked), abs=5e-3)
        assert curve.chance == pytest.approx(wanted.mean())


def test_the_precision_recall_curve_of_mistakes_has_thresholds_of_the_score():
    curve = precision_recall_points(SCORES, CORRECT, "error")
    # Taking everything up to 0.9 finds both mistakes among five images; up to 0.1 finds one of two, and nothing else.
    points = list(zip(curve.threshold, curve.recall, curve.precision, strict=True))
    assert (0.9, 1.0, 2 / 5) in points
    assert (0.1, 0.5, 1.0) in points
    assert points[-1] == (None, 0.0, 1.0)
    json.dumps(curve.as_dict(), allow_nan=False)


def test_deciles_of_ten_scores_hold_one_each():
    scores, correct = np.arange(10.0), np.arange(10) >= 4
    bins = accuracy_by_decile(scores, correct)
    assert [(b.lowest, b.highest, b.images, b.accuracy) for b in bins] == [(i, i, 1, float(i >= 4)) for i in range(10)]


def test_equal_scores_share_a_bin():
    # Sixty zeros among a hundred: mean rank 30.5, the bin number floor(10 * 30 / 100) = 3; the rest make four bins.
    scores = np.r_[np.zeros(60), np.arange(1.0, 41)]
    bins = accuracy_by_decile(scores, np.arange(100) % 2 == 0)
    assert [(b.lowest, b.highest, b.images) for b in bins] == [
        (0, 0, 60),
        (1, 10, 10),
        (11, 20, 10),
        (21, 30, 10),
        (31, 40, 10),
    ]


def test_the_interval_of_a_bin_is_wilsons():
    # 8 of 10 at z = 1.96: centre (0.8 + z2/20) / (1 + z2/10) = 0.7168, half width 0.2265 (Wilson 1927).
    (only,) = accuracy_by_decile(np.zeros(10), np.arange(10) < 8)
    assert (only.low, only.high) == pytest.approx((0.4902, 0.9433), abs=1e-4)


@pytest.mark.parametrize(
    ("scores", "correct", "message"),
    [
        (
            np.zeros(3),
            np.array([True, False]),
            "`correct` should hold one outcome per score. Found 2 outcomes for 3 scores.",
        ),
        (np.zeros(0), np.zeros(0, bool), "`scores` should hold at least one image. Found none."),
        (
            np.array([np.nan, 1, np.inf]),
            np.array([True, False, True]),
            "`scores` should be finite. Found NaN or infinite scores for 2 of 3 images; leave these images out.",
        ),
        *(
            (
                np.zeros(3),
                np.full(3, outcome),
                f"Predicting mistakes needs correct and mis-classified images. Found only {word} ones among 3. "
                "Use a split on which the probe makes some mistakes and gets some images right.",
            )
            for outcome, word in ((True, "correct"), (False, "mis-classified"))
        ),
    ],
)
def test_outcomes_that_cannot_be_judged_are_refused(scores: np.ndarray, correct: np.ndarray, message: str):
    for judge in (lambda: evaluate_signal("q", scores, correct), lambda: roc_curve_points(scores, correct)):
        with pytest.raises(RepresentationError) as caught:
            judge()
        assert str(caught.value) == message


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"resamples": 0}, "`resamples` should be at least 1. Found 0."),
        ({"level": 95}, "`level` should lie between 0 and 1, such as 0.95. Found 95."),
    ],
)
def test_settings_without_meaning_are_refused(bad: dict, message: str):
    with pytest.raises(SettingsError) as caught:
        EvaluationSettings(**bad)
    assert str(caught.value) == message
