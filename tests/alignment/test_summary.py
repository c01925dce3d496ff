"""Means, intervals, chance, control and groups, on an alignment made up by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from qscore_core.alignment import (
    CORRECT,
    KINDS,
    METRIC_KEYS,
    MISCLASSIFIED,
    Alignment,
    AlignmentSettings,
    Measured,
    by_class,
    by_outcome,
    feature_table,
    outcome_gap,
    summarise,
    summary_table,
    sweep_table,
)
from qscore_core.alignment.means import gaps, mean_intervals, means
from qscore_core.errors import SettingsError
from qscore_core.evaluation import EvaluationSettings

NAN = math.nan
HOW = EvaluationSettings(resamples=200)
SETTINGS = AlignmentSettings(sweep_heat=(0.0, 0.5), sweep_mask=(0.5,))


def all_metrics(numbers):
    """[entry, kind] to [entry, kind, metric], the metrics 0.01 apart."""
    steps = np.arange(len(METRIC_KEYS)) / 100
    return (np.array(numbers, float)[..., None] + steps).astype(np.float32)


@pytest.fixture
def made():
    """Four pictures: the third has no heat, the fourth no spurious mask; two features, and one without a picture."""
    values = all_metrics([[0.1, 0.5], [0.3, 0.7], [NAN, NAN], [0.5, NAN]])
    pair_values = all_metrics([[0.8, 0.1], [0.2, 0.6], [0.4, 0.8], [0.6, NAN]])
    measured = Measured(
        heat=np.array([True, True, False, True]),
        shares=np.array([[0.2, 0.4], [0.2, 0.6], [0.2, 0.4], [0.4, NAN]], np.float32),
        values=values,
        shuffled=values - np.float32(0.05),
        sweep=np.stack([values[:, :, :1], values[:, :, :1] / 2], axis=-1),
        pair_values=pair_values,
        pair_shuffled=pair_values - np.array([[0.5, 0.1], [0.1, 0.2], [0.1, 0.2], [0.1, 0.2]], np.float32)[..., None],
    )
    return Alignment(
        encoder="e",
        dataset="d",
        split="test",
        epsilon=2.0,
        settings=SETTINGS,
        classes=("cat", "dog", "none"),
        pictures=pd.DataFrame({"id": list("abcd"), "path": list("abcd"), "label": [0, 0, 1, 1], "place": [0, 2, 3, 4]}),
        features=pd.DataFrame({"feature": [3, 7, 9], "rate": [1.0, 2.0, 3.0]}),
        pairs=pd.DataFrame({"feature": [3, 7, 7, 3], "image": [0, 0, 1, 3], "z": [3.0, 4.0, 5.0, 6.0]}),
        measured=measured,
        failures=(),
    )


def test_overall_by_hand(made):
    found = summarise(made, how=HOW)
    core, spurious = found["core"], found["spurious"]
    assert (core.images, core.without_heat, core.without_mask) == (3, 1, 0)
    assert (spurious.images, spurious.without_heat, spurious.without_mask) == (2, 1, 1)
    # (0.1 + 0.3 + 0.5) / 3, chance (0.2 + 0.2 + 0.4) / 3; spurious (0.5 + 0.7) / 2, chance (0.4 + 0.6) / 2.
    iou, other = core.metrics["heat_iou"], spurious.metrics["heat_iou"]
    assert (iou.images, iou.mean, iou.chance, iou.shuffled) == pytest.approx((3, 0.3, 0.8 / 3, 0.25))
    assert (other.images, other.mean, other.chance, other.shuffled) == pytest.approx((2, 0.6, 0.5, 0.55))
    assert 0.1 <= iou.ci[0] < 0.3 < iou.ci[1] <= 0.5 + 1e-6
    assert core.metrics["auc"].chance == 0.5
    assert core.metrics["mass"].mean == pytest.approx(0.33)


def test_per_class_and_per_outcome(made):
    classes = by_class(made, HOW)
    assert list(classes) == ["cat", "dog"]
    assert classes["cat"]["core"].metrics["heat_iou"].mean == pytest.approx(0.2)
    dog = classes["dog"]["core"].metrics["heat_iou"]
    assert (dog.images, dog.mean) == pytest.approx((1, 0.5))
    assert all(map(math.isnan, dog.ci))
    # Of the scored split's five images the second was not looked at; places 0, 2, 3, 4 are the four pictures.
    outcomes = by_outcome(made, np.array([True, False, False, True, True]), HOW)
    assert outcomes[CORRECT]["core"].metrics["heat_iou"].mean == pytest.approx((0.1 + 0.5) / 2)
    assert outcomes[MISCLASSIFIED]["core"].metrics["heat_iou"].mean == pytest.approx(0.3)
    assert (outcomes[CORRECT]["core"].without_heat, outcomes[MISCLASSIFIED]["core"].without_heat) == (1, 0)


def test_the_gap_between_outcomes(made):
    correct = np.array([True, False, False, True, True])  # the second picture is wrong, the third has no heat
    found = outcome_gap(made, correct, "heat_iou", HOW)
    assert found["core"].difference == pytest.approx((0.1 + 0.5) / 2 - 0.3, abs=1e-6)
    assert found["core"].ci == pytest.approx((0.1 - 0.3, 0.5 - 0.3), abs=1e-6)  # the wrong ones are a single picture
    assert found["spurious"].difference == pytest.approx(0.5 - 0.7)
    assert outcome_gap(made, np.ones(5, bool), "heat_iou", HOW) == {"core": None, "spurious": None}
    only_cold = np.array([True, True, True, False, True])  # the mis-classified picture has no heat
    assert outcome_gap(made, only_cold, "mass", HOW) == {"core": None, "spurious": None}
    with pytest.raises(SettingsError, match=r"^`metric` should be one of heat_iou, "):
        outcome_gap(made, correct, "iou", HOW)


def test_a_gap_s_interval_is_numpy_s_on_independent_draws():
    rng = np.random.default_rng(0)
    first, second = rng.random((30, 2)), rng.random((20, 2))
    difference, ends = gaps(first, second, EvaluationSettings(resamples=400, seed=5))
    draws = [np.random.default_rng(5 + place).integers(0, n, (400, n)) for place, n in enumerate((30, 20))]
    spread = first[draws[0]].mean(1) - second[draws[1]].mean(1)
    np.testing.assert_allclose(difference, first.mean(0) - second.mean(0))
    np.testing.assert_allclose(ends, np.quantile(spread, [0.025, 0.975], axis=0).T)


def test_nobody_chosen_has_no_number(made):
    found = summarise(made, np.zeros(4, bool), HOW)["core"]
    assert (found.images, found.metrics["mass"].images) == (0, 0)
    assert math.isnan(found.metrics["mass"].mean)
    assert math.isnan(found.metrics["mass"].chance)


def test_the_table_holds_every_number_once(made):
    table = summary_table({"all": summarise(made, how=HOW)})
    assert len(table) == len(KINDS) * len(METRIC_KEYS)
    row = table[(table["kind"] == "spurious") & (table["metric"] == "heat_iou")].iloc[0]
    assert (row["group"], row["images"]) == ("all", 2)
    assert (row["mean"], row["chance"], row["shuffled"]) == pytest.approx((0.6, 0.5, 0.55))


def test_the_sweep_is_averaged_over_pictures(made):
    table = sweep_table(made, how=HOW)
    assert list(table["kind"]) == ["core"] * 2 + ["spurious"] * 2
    assert list(table["heat_threshold"]) == [0.0, 0.5] * 2
    assert list(table["mean"]) == pytest.approx([0.3, 0.15, 0.6, 0.3])
    assert list(table["images"]) == [3, 3, 2, 2]
    assert (table["low"] <= table["mean"]).all()
    assert (table["mean"] <= table["high"]).all()
    cats = sweep_table(made, np.array([True, True, False, False]), HOW)
    assert list(cats["mean"]) == pytest.approx([0.2, 0.1, 0.6, 0.3])


def test_features_are_ranked_by_hand(made):
    table = feature_table(made, "heat_iou", HOW)
    # Feature 3: core leads by (0.5 + 0.1) / 2 = 0.3, spurious by 0.1 (its second picture has no such mask): +0.2.
    # Feature 7: core leads by 0.1, spurious by 0.2: -0.1. Feature 9 has no picture.
    assert list(table["feature"]) == [7, 3, 9]
    assert list(table["leaning"][:2]) == pytest.approx([-0.1, 0.2])
    assert list(table["images"]) == [2, 2, 0]
    assert list(table["rate"]) == [2.0, 1.0, 3.0]
    assert list(table["core"][:2]) == pytest.approx([0.3, 0.7])
    assert list(table["spurious"][:2]) == pytest.approx([0.7, 0.1])
    assert list(table["core_chance"][:2]) == pytest.approx([0.2, 0.3])
    assert list(table["spurious_chance"][:2]) == pytest.approx([0.5, 0.4])
    assert (table["core_low"][:2] <= table["core"][:2]).all()
    assert table.loc[2, "leaning":].isna().all()
    assert list(feature_table(made, "auc", HOW)["core_chance"][:2]) == [0.5, 0.5]
    with pytest.raises(SettingsError, match=r"^`metric` should be one of heat_iou, "):
        feature_table(made, "iou")


def test_means_and_intervals_are_numpy_s_on_whole_columns():
    rng = np.random.default_rng(0)
    values = rng.random((40, 3))
    np.testing.assert_allclose(means(values), values.mean(axis=0))
    how = EvaluationSettings(resamples=500, seed=3, level=0.9)
    drawn = np.random.default_rng(3).integers(0, 40, (500, 40))
    expected = np.quantile(values[drawn].mean(axis=1), [0.05, 0.95], axis=0).T
    np.testing.assert_allclose(mean_intervals(values, how), expected)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    rng, hits = np.random.default_rng(0), 0
    values = rng.random((60, 200))
    ends = mean_intervals(values, EvaluationSettings(resamples=300))
    hits = ((ends[:, 0] <= 0.5) & (ends[:, 1] >= 0.5)).mean()
    assert 0.9 <= hits <= 0.98
