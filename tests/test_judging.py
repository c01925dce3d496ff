"""Risk-coverage, paired differences, classes, ceiling and sweep: by hand, against loops, and what they must not say."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from qscore_core.activation import FeatureSettings
from qscore_core.errors import RepresentationError
from qscore_core.evaluation import (
    EvaluationSettings,
    cross_fitted,
    evaluate_by_class,
    evaluate_signal,
    evaluate_together,
    risk_coverage,
)
from qscore_core.evaluation.ranking import masses
from qscore_core.evaluation.risk_coverage import aurc
from qscore_core.imported import ImportRequest, import_features
from qscore_core.judging import judgement, stored_judgement, tables
from qscore_core.pipeline import analyse, outcomes_of, probe_of
from qscore_core.probe import ProbeSettings
from qscore_core.qscore import ScoreSettings
from qscore_core.signals import Evidence
from qscore_core.sweep import split_half, sweep

FEW = EvaluationSettings(resamples=20)


def test_the_area_under_the_risk_coverage_curve_by_hand():
    # From the top: right, wrong, right, wrong. Risks 0, 1/2, 1/3, 1/2: mean 4/12 = 1/3. Perfect: 0, 0, 1/3, 1/2 / 4.
    found = risk_coverage(np.array([4.0, 3, 2, 1]), np.array([True, False, True, False]), FEW, 4)
    assert found.risk == pytest.approx((0, 1 / 2, 1 / 3, 1 / 2))
    assert found.aurc == pytest.approx(1 / 3)
    assert found.best == pytest.approx((1 / 3 + 1 / 2) / 4)
    assert found.chance == 0.5
    assert found.aurc_ci[0] <= found.aurc <= found.aurc_ci[1]
    assert all(low <= high for low, high in zip(found.low, found.high, strict=True))


def test_equal_scores_are_answered_in_random_order():
    found = risk_coverage(np.zeros(6), np.arange(6) < 4, FEW, 3)
    assert found.risk == pytest.approx((1 / 3,) * 3)
    assert found.aurc == pytest.approx(found.chance)


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.integers(0, 3)), min_size=1, max_size=12))
def test_the_area_equals_a_loop_over_images_that_stand_several_times(images: list[tuple[int, bool, int]]):
    scores, correct = np.array([i[0] for i in images], float), np.array([i[1] for i in images])
    weights = np.array([[1 + images[0][2], *(i[2] for i in images[1:])]], float)
    repeated = np.repeat(np.arange(len(images)), weights[0].astype(int))
    total, before, wrong = 0.0, 0, 0.0
    for value in sorted(set(scores[repeated]), reverse=True):
        group = [i for i in repeated if scores[i] == value]
        mistakes = sum(not correct[i] for i in group)
        for place in range(1, len(group) + 1):
            total += (wrong + mistakes * place / len(group)) / (before + place)
        before, wrong = before + len(group), wrong + mistakes
    assert aurc(masses(scores, correct, weights))[0] == pytest.approx(total / len(repeated))


def test_differences_are_paired_and_say_better_only_where_zero_is_left_out():
    rng = np.random.default_rng(0)
    correct = rng.random(150) < 0.6
    noise = rng.normal(size=150)
    scores = {"base": noise, "same": 2 * noise + 1, "good": 2.0 * correct + noise, "bad": noise - 2.0 * correct}
    found = evaluate_together(scores, correct, "base", EvaluationSettings(resamples=100, seed=3))
    assert [entry.name for entry in found.signals] == list(scores)
    assert found.signals[2] == evaluate_signal("good", scores["good"], correct, EvaluationSettings(100, 3))
    verdicts = {entry.name: entry.verdict for entry in found.differences}
    assert verdicts == {"same": "not told apart", "good": "better", "bad": "worse"}
    same, good, _ = found.differences
    assert (same.difference, same.ci) == (0, (0, 0))
    drawn = np.random.default_rng(3).integers(0, 150, (100, 150))
    gains = [roc_auc_score(correct[i], scores["good"][i]) - roc_auc_score(correct[i], noise[i]) for i in drawn]
    assert good.ci == pytest.approx(tuple(np.quantile(gains, [0.025, 0.975])))


def test_classes_are_judged_within_themselves():
    names = np.array(["a"] * 4 + ["b"] * 2)
    scores, correct = np.array([1.0, 2, 3, 4, 9, 8]), np.array([False, True, False, True, True, True])
    a, b = evaluate_by_class(scores, correct, names, FEW)
    # Within a: right 2 and 4, wrong 1 and 3: of four pairs 2 beats 1 and 4 beats both.
    assert (a.name, a.images, a.accuracy, a.mean_score, a.auroc) == ("a", 4, 0.5, 2.5, 0.75)
    assert (b.name, b.accuracy, b.auroc, b.auroc_ci) == ("b", 1.0, None, None)


def test_the_ceiling_finds_what_no_single_signal_shows_and_nothing_in_noise():
    rng = np.random.default_rng(0)
    a, b, correct = rng.normal(size=600), rng.normal(size=600), np.zeros(600, bool)
    correct[a - b > 0] = True
    together = cross_fitted(np.stack([a, b], 1), correct)
    assert roc_auc_score(correct, together) > 0.95 > roc_auc_score(correct, a)
    noise = cross_fitted(rng.normal(size=(600, 5)), rng.random(600) < 0.5)
    assert noise.shape == (600,)
    with pytest.raises(RepresentationError, match="two correct and two"):
        cross_fitted(np.zeros((5, 1)), np.arange(5) > 0)


def test_settings_chosen_among_noise_look_better_than_they_are():
    rng = np.random.default_rng(0)
    correct = rng.random(200) < 0.5
    candidates = [rng.normal(size=200) for _ in range(30)]
    found = split_half(candidates, candidates[0], correct, halvings=30)
    assert found.seen > 0.55
    assert found.optimism > 0.05
    assert found.gain_ci[0] < 0 < found.gain_ci[1]
    # A signal that knows is chosen in every half and keeps its promise.
    told = split_half([*candidates, correct + 0.1 * rng.normal(size=200)], candidates[0], correct, halvings=30)
    assert told.unseen > 0.95
    assert told.gain_ci[0] > 0


@pytest.fixture
def evidence(workspace, tmp_path):
    """Two classes told apart by features, some images weakly."""
    rng, labels = np.random.default_rng(0), np.arange(80) % 2
    splits = {}
    for split in ("train", "test"):
        h = np.maximum(rng.standard_normal((80, 64)), 0).astype(np.float32)
        h[np.arange(80), labels] += 4 * rng.random(80)
        np.save(tmp_path / "h.npy", h)
        np.save(tmp_path / "y.npy", labels)
        splits[split] = import_features(ImportRequest(tmp_path / "h.npy", "mine", split, tmp_path / "y.npy"), workspace)
    analysis = analyse(splits["test"], splits["train"], ScoreSettings(FeatureSettings(2.3)), workspace)
    probe = probe_of(splits["train"], ProbeSettings(), workspace)
    return Evidence(analysis, workspace, outcomes_of(probe, splits["test"], splits["train"].classes))


def test_the_surface_passes_through_the_settings_in_use(evidence):
    correct = evidence.judged.correct
    found = sweep(evidence.analysis, correct)
    at = found.auroc[found.epsilons.index(2.3)][found.lowers.index(50.0)]
    assert at == found.used == evaluate_signal("q", evidence.analysis.scores.q, correct, FEW).auroc
    assert found.best[0] == max(max(row) for row in found.auroc)
    assert max(found.epsilons) ** 2 + 1 < 64


def test_a_judgement_is_kept_and_its_tables_agree(evidence):
    assert stored_judgement(evidence, FEW) is None
    found = judgement(evidence, FEW)
    assert stored_judgement(evidence, FEW) == found
    assert stored_judgement(evidence, EvaluationSettings(resamples=21)) is None
    told = tables(found, evidence)
    assert list(told["signals"]["auroc"]) == sorted((entry["auroc"] for entry in found["signals"]), reverse=True)
    assert set(told["signals"].loc[told["signals"]["key"] == "q_score", "beside_q"]) == {""}
    assert len(told["surface"]) == len(found["surface"]["epsilons"]) * len(found["surface"]["lowers"])
    assert len(told["images"]) == 80
    assert pd.api.types.is_float_dtype(told["images"]["centred_knn_5"])
    assert (
        sum(entry["images"] for entry in found["classes"]) == sum(entry["images"] for entry in found["deciles"]) == 80
    )


@pytest.mark.slow
def test_intervals_of_500_repetitions_cover_the_truth():
    """AUROC of normal scores with means 0 and 1 is Phi(1 / sqrt 2); with means 0 and 1/2 Phi(0.5 / sqrt 2)."""
    truth, second = 0.7602499389, 0.6381631950  # Phi(1 / sqrt 2), Phi(0.5 / sqrt 2)
    covered = np.zeros(2)
    for seed in range(500):
        rng = np.random.default_rng(seed)
        correct = rng.random(300) < 0.7
        scores = {"a": rng.normal(size=300) + correct, "b": rng.normal(size=300) + 0.5 * correct}
        found = evaluate_together(scores, correct, "b", EvaluationSettings(resamples=500, seed=seed))
        (low, high), ends = found.signals[0].auroc_ci, found.differences[0].ci
        covered += [low <= truth <= high, ends[0] <= truth - second <= ends[1]]
    assert (covered / 500 >= 0.92).all()
    assert (covered / 500 <= 0.98).all()
