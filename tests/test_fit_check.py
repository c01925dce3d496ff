import numpy as np
import pytest

from qscore_core.activation import FeatureSettings
from qscore_core.activation_index import build_index
from qscore_core.fit_check import auto_epsilon, check_fit
from qscore_core.qscore import ScoreSettings, find_features, q_scores


def checked(fit, target=None, **settings):
    features = FeatureSettings(**settings)
    two_sided = features.two_sided
    fit_index = build_index(np.asarray(fit, np.float32), two_sided=two_sided)
    index = fit_index if target is None else build_index(np.asarray(target, np.float32), two_sided=two_sided)
    found = find_features(fit_index, features)
    return check_fit(fit_index, index, found, q_scores(index, found, ScoreSettings(features)))


def spikes(images, dim, each, seed=0):
    """Zeros with `each` equally strong features an image, drawn anew for every image."""
    rng = np.random.default_rng(seed)
    h = np.zeros((images, dim), np.float32)
    for row in h:
        row[rng.choice(dim, each, replace=False)] = 1 + rng.random(each) / 10
    return h


def test_auto_epsilon_by_hand():
    # Each image: 3 entries of 1, 7 of 0.8 and 90 of 0. Mean (3 + 5.6)/100 = 0.086, mean square (3 + 4.48)/100 = 0.0748,
    # sigma = sqrt(0.0748 - 0.007396) = 0.259623. z of 1: 0.914/0.259623 = 3.5205; z of 0.8: 0.714/0.259623 = 2.7501.
    # So 10 % of the features are active at 2.0 ... 2.7, 3 % at 2.8 ... 3.5, none from 3.6 on: 2.8 is the first at 3 %.
    row = np.array([1.0] * 3 + [0.8] * 7 + [0.0] * 90, np.float32)
    h = np.stack([np.roll(row, shift) for shift in range(10)])
    assert auto_epsilon(build_index(h)) == 2.8


@pytest.mark.parametrize("dim", [18, 64, 512, 2048])
def test_auto_epsilon_is_the_closest_step_that_can_be_exceeded(dim):
    h = np.maximum(np.random.default_rng(dim).standard_normal((200, dim)) ** 3, 0)
    z = (h - h.mean(axis=1, keepdims=True)) / h.std(axis=1, keepdims=True)
    steps = [step / 10 for step in range(20, 51) if dim > (step / 10) ** 2 + 1]
    distances = [abs((z > step).mean() - 0.03) for step in steps]
    assert auto_epsilon(build_index(h.astype(np.float32))) == steps[int(np.argmin(distances))]


@pytest.mark.parametrize("dim", [2, 5])
def test_auto_epsilon_of_very_few_features_is_left_to_scoring_to_refuse(dim):
    assert auto_epsilon(build_index(np.random.default_rng(0).random((9, dim)).astype(np.float32))) == 2.0


def test_sparse_representations_suit():
    check = checked(spikes(400, 256, each=8), lower=0, upper=100)
    assert check.suits
    assert check.findings == ()
    # 8 of 256 features are 1 and the rest 0: z = sqrt(248/8) = 5.6 for all of them
    assert (check.empty_share, check.mean_active, check.discriminative) == (0.0, 8.0, 256)
    assert check.zero_share == pytest.approx(248 / 256)


def test_a_weak_encoder_is_told_as_one_with_the_way_out():
    h = np.abs(np.random.default_rng(0).standard_normal((300, 512)))
    check = checked(h)
    assert check.empty_share > 0.25
    assert not check.suits
    assert check.findings[0] == (
        f"{check.empty_share:.0%} of the images have no highly active discriminative feature at epsilon 4; their "
        f"Q-Score is 0 and says nothing. Try epsilon {check.auto_epsilon:g}, the automatic one: about 3 % of the "
        "features are then highly active."
    )
    assert check.auto_epsilon < 4
    assert checked(h, epsilon=check.auto_epsilon, lower=0, upper=100).suits


def test_when_a_smaller_epsilon_is_no_way_out_it_is_not_promised():
    h = np.random.default_rng(0).random((300, 512))  # uniform: no entry is 2 standard deviations off
    finding = checked(h, epsilon=2.0).findings[0]
    assert "A smaller epsilon will not help much here: these representations may be too dense for Q-Score." in finding


def test_few_discriminative_features_do_not_suit():
    h = np.zeros((50, 100), np.float32)
    h[:, :3] = 1 + np.random.default_rng(0).random((50, 3)) / 100
    check = checked(h, lower=0, upper=100)
    assert (check.discriminative, check.suits) == (3, False)
    assert "Only 3 features are discriminative. Widen the percentiles or lower epsilon." in check.findings


def test_negative_entries_are_a_remark_that_the_two_sided_option_answers():
    h = np.random.default_rng(0).standard_t(2, (300, 256))
    plain, both = checked(h, lower=0, upper=100), checked(h, lower=0, upper=100, two_sided=True)
    assert plain.negative_share == pytest.approx(0.5, abs=0.02)
    assert any("50% of the entries are negative" in finding for finding in plain.findings)
    assert not any("negative" in finding for finding in both.findings)


def test_features_that_never_fire_are_a_remark_that_firing_only_answers():
    h = np.zeros((200, 256), np.float32)
    h[:, :64] = spikes(200, 64, each=4)
    plain, firing = checked(h), checked(h, firing_only=True)
    expected = (
        "75% of the features never fire, so the lower percentile is 0. Percentiles over the firing features "
        "alone leave those out."
    )
    assert expected in plain.findings
    assert not any("never fire" in finding for finding in firing.findings)
    assert plain.never_firing == 0.75


def test_dense_representations_are_a_remark():
    assert any(
        finding.startswith("Only 0.0% of the entries are zero: these representations are dense")
        for finding in checked(np.random.default_rng(0).random((50, 64))).findings
    )


def test_constant_rows_are_counted():
    h = spikes(100, 256, each=8)
    target = h.copy()
    target[:7] = 0.25
    check = checked(h, target, lower=0, upper=100)
    assert check.constant_rows == 7
    assert check.empty_share == 0.07
    assert "7 images have a constant representation: nothing stands out in them." in check.findings
    assert check.suits


def test_the_facts_are_of_the_scored_split_and_d_of_the_fit_split():
    check = checked(spikes(400, 256, each=8), np.random.default_rng(0).random((50, 256)), lower=0, upper=100)
    assert (check.images, check.discriminative, check.empty_share, check.suits) == (50, 256, 1.0, False)


def test_a_check_is_a_plain_dictionary():
    found = checked(spikes(40, 64, each=3)).as_dict()
    assert {"epsilon", "auto_epsilon", "empty_share", "median_kurtosis", "suits", "findings"} <= set(found)
    assert isinstance(found["suits"], bool)
