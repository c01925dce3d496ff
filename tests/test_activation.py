import numpy as np
import pytest
import reference_formulas as reference
import torch
from hypothesis import given
from hypothesis import strategies as st

from qscore_core.activation import (
    FeatureSettings,
    activation_rates,
    discriminative_features,
    highly_active,
    percentile_band,
    require_reachable,
    z_scores,
)
from qscore_core.errors import RepresentationError, SettingsError


def test_z_by_hand():
    # mean of (0, 0, 0, 4) is 1; variance (1 + 1 + 1 + 9) / 4 = 3; z of the 4 is 3 / sqrt(3) = sqrt(3)
    h = torch.tensor([[0.0, 0.0, 0.0, 4.0]], dtype=torch.float64)
    assert z_scores(h)[0, 3].item() == pytest.approx(3**0.5)
    assert z_scores(h)[0, 0].item() == pytest.approx(-(3**-0.5))
    assert highly_active(h, 1.7).tolist() == [[False, False, False, True]]
    assert highly_active(h, 1.8).tolist() == [[False] * 4]  # sqrt(3) = 1.73


def test_a_constant_row_has_no_active_feature():
    assert not highly_active(torch.full((2, 30), 0.7), 0.5).any()


def test_rates_are_percent_of_the_images():
    active = torch.tensor([[True, False], [True, False], [False, False], [True, True]])
    assert activation_rates(active).tolist() == [75.0, 25.0]


def test_discriminative_by_hand():
    # Sorted rates 0, 1, 2, 3, 10: the 50th percentile is 2, the 75th is 3, both ends count.
    rates = np.array([10.0, 2.0, 0.0, 3.0, 1.0])
    chosen = discriminative_features(rates, FeatureSettings(lower=50, upper=75))
    assert chosen.tolist() == [False, True, False, True, False]


def test_a_percentile_between_two_rates_is_interpolated():
    # Of 0, 10 the 25th percentile is 0 + 0.25 * (10 - 0)
    assert percentile_band(np.array([0.0, 10.0]), FeatureSettings(lower=25, upper=100)) == (2.5, 10.0)


def test_a_feature_that_never_fires_is_never_discriminative():
    rates = np.array([0.0, 0.0, 0.0, 5.0])
    assert discriminative_features(rates, FeatureSettings(lower=0, upper=100)).tolist() == [False, False, False, True]


def test_firing_only_takes_percentiles_over_firing_features():
    rates = np.array([0.0] * 6 + [1.0, 2.0, 3.0])
    everything = discriminative_features(rates, FeatureSettings(lower=50, upper=100))
    firing = discriminative_features(rates, FeatureSettings(lower=50, upper=100, firing_only=True))
    assert everything.tolist() == [False] * 6 + [True, True, True]
    assert firing.tolist() == [False] * 7 + [True, True]


@given(
    st.lists(st.integers(0, 50).map(lambda count: 2.0 * count), min_size=2, max_size=40),
    st.integers(0, 49),
    st.integers(50, 100),
)
def test_discriminative_agrees_with_the_plain_definition(rates, lower, upper):
    chosen = discriminative_features(np.array(rates), FeatureSettings(lower=lower, upper=upper))
    assert set(np.flatnonzero(chosen)) == reference.discriminative(rates, lower, upper)


@given(st.floats(1e-6, 1e6), st.integers(0, 1000))
def test_activity_does_not_depend_on_scale(scale, seed):
    h = torch.randn(5, 40, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
    assert torch.equal(highly_active(h, 1.5), highly_active(h * scale, 1.5))


def test_too_few_features_for_epsilon():
    require_reachable(4.0, 18)
    with pytest.raises(
        RepresentationError, match=r"17 features cannot have a highly active one at epsilon = 4: .*4\.00"
    ):
        require_reachable(4.0, 17)


@pytest.mark.parametrize("epsilon", [0.0, -1.0, 11.0])
def test_epsilon_out_of_range(epsilon):
    with pytest.raises(SettingsError, match=f"`epsilon` should lie between 0.5 and 10.0. Found {epsilon}"):
        FeatureSettings(epsilon=epsilon)


@pytest.mark.parametrize("band", [(95, 50), (50, 50), (-1, 50), (50, 101)])
def test_percentiles_out_of_order(band):
    with pytest.raises(SettingsError, match="should rise from 0 to 100"):
        FeatureSettings(lower=band[0], upper=band[1])
