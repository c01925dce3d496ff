"""Mask metrics: by hand, against a plain loop, against Quantus, and what must hold for any map."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from plain_metrics import plain_metrics
from sklearn.metrics import roc_auc_score

from qscore_core.alignment.catalogue import METRIC_KEYS, METRICS, metric_named
from qscore_core.alignment.metrics import HALVES, Thresholds, heat_weighted_iou, mass
from qscore_core.errors import SettingsError

HEAT = [
    [8.0, 4.0, 0.0, 0.0],
    [4.0, 2.0, 0.0, 0.0],
    [0.0, 0.0, 1.0, 0.0],
    [0.0, 0.0, 0.0, 1.0],
]  # 20 in all
LEFT_COLUMN = [[1.0, 0.0, 0.0, 0.0]] * 4
BY_HAND = {
    # Hot at one half of 8: the 8 and both 4. Shared with the column: 8 + 4. Either: 8 + 4 + 4 + 0 + 0.
    "heat_iou": 12 / 16,
    # Two pixels of the three hot ones and the four of the column, five in all.
    "binary_iou": 2 / 5,
    # a = heat / 8. Smaller of both: 1 + 1/2 in the column. Larger: 4 in the column, 1/2 + 1/4 + 1/8 + 1/8 outside.
    "soft_iou": 1.5 / 5,
    # 8 + 4 of 20.
    "mass": 12 / 20,
    # The four hottest are 8, 4, 4, 2; the 8 and one 4 are in the column.
    "rank_accuracy": 2 / 4,
    # The 8 is in the column.
    "pointing_game": 1.0,
    # Outside: 4, 2, 1, 1 and eight 0. The 8 wins 12, the 4 wins 11 and ties once, each 0 ties eight times: 31.5 of 48.
    "auc": 31.5 / 48,
}
# Hot at a quarter: 8, 4, 4, 2, all of heat 18. With the soft mask below at 0.3: the corner and the pixel beside it.
SOFT = [[0.9, 0.4, 0.2, 0.0], *[[0.0, 0.0, 0.0, 0.1]] * 3]
SOFT_BY_HAND = {
    # The mask's two pixels are hot: 12 of 18.
    "heat_iou": 12 / 18,
    "binary_iou": 2 / 4,
    # Smaller: 0.9 + 0.4 + 0 + 0.1 (the last 1 is 1/8). Larger: 1 + 0.5 + 0.2; 0.5 + 0.25 + 0.1; 0.125 + 0.1; 0.125.
    "soft_iou": 1.4 / 2.9,
    "mass": 12 / 20,
    # The two hottest are the 8 and one of the two 4, either of which may be the one inside: 1.5 of 2.
    "rank_accuracy": 1.5 / 2,
    "pointing_game": 1.0,
    # Outside: 4, 2, 1, 1 and ten 0. The 8 wins 14, the 4 wins 13 and ties once: 27.5 of 28.
    "auc": 27.5 / 28,
}


def values_of(heat, mask, thresholds=HALVES, dtype=torch.float64):
    heat, mask = (torch.as_tensor(np.array(maps), dtype=dtype) for maps in (heat, mask))
    return {metric.key: metric.compute(heat, mask, thresholds) for metric in METRICS}


def one(heat, mask, thresholds=HALVES, dtype=torch.float64):
    return {key: value.item() for key, value in values_of([heat], [mask], thresholds, dtype).items()}


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_by_hand(dtype):
    assert one(HEAT, LEFT_COLUMN, dtype=dtype) == pytest.approx(BY_HAND)
    assert one(HEAT, SOFT, Thresholds(0.25, 0.3), dtype) == pytest.approx(SOFT_BY_HAND)


@pytest.mark.parametrize("place", [(0, 1), (1, 0)])
def test_pixels_that_rounding_alone_parts_are_equally_hot(place):
    heat = np.array(HEAT)
    heat[place] *= 1 - 1e-6
    # Either of the two 4 may be the second hottest, as above: 1.5 of 2, where an exact order would say 2 or 1 of 2.
    assert one(heat, SOFT, Thresholds(0.25, 0.3))["rank_accuracy"] == SOFT_BY_HAND["rank_accuracy"]


maps = arrays(np.float64, (4, 5), elements=st.sampled_from([-1.0, 0.0, 0.25, 0.5, 1.0, 2.0, 3.5]))
masks = arrays(np.float64, (4, 5), elements=st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]))
shares = st.sampled_from([0.0, 0.25, 0.5, 1.0])


@given(maps, masks, shares, shares)
@settings(max_examples=60)
def test_equal_a_plain_loop(heat, mask, heat_threshold, mask_threshold):
    found = one(heat, mask, Thresholds(heat_threshold, mask_threshold))
    assert found == pytest.approx(plain_metrics(heat, mask, heat_threshold, mask_threshold), nan_ok=True)


@given(maps, masks, st.floats(0.01, 1e6), st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_bounds_and_invariances(heat, mask, scale, random):
    found = one(heat, mask)
    assert all(math.isnan(value) or -1e-12 <= value <= 1 + 1e-12 for value in found.values())
    assert one(2.0 ** round(math.log2(scale)) * heat, mask) == pytest.approx(found, nan_ok=True)
    order = list(range(20))
    random.shuffle(order)
    moved = [values.reshape(-1)[order].reshape(4, 5) for values in (heat, mask)]
    assert one(*moved) == pytest.approx(found, nan_ok=True)
    assert one(np.maximum(heat, 0), mask) == pytest.approx(found, nan_ok=True)


def test_each_map_of_a_batch_is_judged_alone():
    rng = np.random.default_rng(0)
    heat, mask = rng.random((6, 7, 5)), (rng.random((6, 7, 5)) < 0.4).astype(float)
    together = values_of(heat, mask)
    for row in range(6):
        alone = one(heat[row], mask[row])
        assert {key: value[row].item() for key, value in together.items()} == pytest.approx(alone)


def test_one_map_is_judged_against_several_masks_at_once():
    rng = np.random.default_rng(0)
    heat, masks = rng.random((3, 1, 4, 5)), (rng.random((3, 2, 4, 5)) < 0.4).astype(float)
    together = values_of(heat, masks)
    for row, mask in np.ndindex(3, 2):
        alone = one(heat[row, 0], masks[row, mask])
        assert {key: value[row, mask].item() for key, value in together.items()} == pytest.approx(alone)


def test_a_map_that_is_equally_hot_everywhere_gets_the_share_of_the_mask():
    mask = np.zeros((5, 5))
    mask[1:3, 1:4] = 1
    expected = {metric.key: 6 / 25 if metric.chance is None else metric.chance for metric in METRICS}
    assert one(np.full((5, 5), 0.7), mask) == pytest.approx(expected)


def test_heat_on_the_mask_alone_is_perfect():
    mask = np.zeros((5, 5))
    mask[1:3, 1:4] = 1
    assert one(3 * mask, mask) == pytest.approx(dict.fromkeys(METRIC_KEYS, 1.0))


@pytest.mark.parametrize(
    ("heat", "mask"), [(np.zeros((3, 3)), np.eye(3)), (-np.eye(3), np.eye(3)), (np.eye(3), np.zeros((3, 3)))]
)
def test_without_heat_or_without_area_there_is_no_value(heat, mask):
    assert all(math.isnan(value) for value in one(heat, mask).values())


def test_a_mask_of_everything_has_no_auc():
    found = one(np.eye(3), np.ones((3, 3)))
    assert math.isnan(found.pop("auc"))
    assert found["mass"] == found["rank_accuracy"] == found["pointing_game"] == 1


def test_the_heat_weighted_iou_of_the_full_support_is_the_mass():
    rng = np.random.default_rng(1)
    heat, mask = torch.from_numpy(rng.random((9, 6, 6))), torch.from_numpy((rng.random((9, 6, 6)) < 0.3) * 1.0)
    torch.testing.assert_close(heat_weighted_iou(heat, mask, Thresholds(0, 0.5)), mass(heat, mask))


def test_auc_is_scikit_learn_s():
    rng = np.random.default_rng(2)
    heat, mask = rng.integers(0, 6, (8, 9, 9)).astype(float), rng.random((8, 9, 9)) < 0.3
    found = values_of(heat, mask.astype(float))["auc"]
    for row in range(8):
        assert found[row].item() == pytest.approx(roc_auc_score(mask[row].ravel(), heat[row].ravel()))


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("mass", "RelevanceMassAccuracy"),
        ("rank_accuracy", "RelevanceRankAccuracy"),
        ("pointing_game", "PointingGame"),
        ("auc", "AUC"),
    ],
)
def test_as_quantus_computes_it(key, name):
    import quantus

    rng = np.random.default_rng(3)
    heat, mask = rng.random((12, 8, 8)), rng.random((12, 8, 8)) < 0.3
    metric = getattr(quantus, name)(abs=False, normalise=False, disable_warnings=True, display_progressbar=False)
    expected = metric(
        model=torch.nn.Flatten(),
        x_batch=np.zeros((12, 3, 8, 8)),
        y_batch=np.zeros(12, int),
        a_batch=heat[:, None],
        s_batch=mask[:, None],
    )
    np.testing.assert_allclose(values_of(heat, mask.astype(float))[key], np.array(expected, float), atol=1e-9)


def test_thresholds_out_of_range_are_refused():
    with pytest.raises(SettingsError, match=r"^The heat threshold should lie between 0 and 1\. Found 1\.5\.$"):
        Thresholds(heat=1.5)
    with pytest.raises(SettingsError, match=r"^The mask threshold should lie between 0 and 1\. Found -0\.1\.$"):
        Thresholds(mask=-0.1)


def test_a_metric_is_named_or_refused():
    assert metric_named("mass").title == "Heat inside"
    with pytest.raises(SettingsError, match=r"^`metric` should be one of heat_iou, .*, auc\. Found `iou`\.$"):
        metric_named("iou")
    assert all(metric.formula and metric.meaning and metric.source for metric in METRICS)
