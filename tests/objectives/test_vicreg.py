"""VICReg's three terms against arithmetic by hand, plain loops and lightly's loss."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from lightly.loss import VICRegLoss
from objective_inputs import SMALL_VIEW, VIEW, built, derivative_matches, random_rows, tensor, total, without_heads

from qscore_core.errors import SettingsError
from qscore_core.objectives import VICRegSettings

EPSILON = 1e-4  # below the root of equation 2


def terms_by_loop(first, second):
    """Equations 1 to 5 of arXiv 2105.04906, entry by entry, with the authors' means over features and views."""
    images, features = first.shape
    distance = sum((first[i, j] - second[i, j]) ** 2 for i in range(images) for j in range(features))
    return {
        "invariance": distance / (images * features),
        "variance": (hinge_by_loop(first) + hinge_by_loop(second)) / 2,
        "covariance": off_diagonal_by_loop(first) + off_diagonal_by_loop(second),
    }


def covariance_by_loop(z, j, k):
    means = [sum(z[:, column]) / len(z) for column in (j, k)]
    return sum((row[j] - means[0]) * (row[k] - means[1]) for row in z) / (len(z) - 1)


def hinge_by_loop(z):
    spreads = [(covariance_by_loop(z, j, j) + EPSILON) ** 0.5 for j in range(z.shape[1])]
    return sum(max(0, 1 - spread) for spread in spreads) / len(spreads)


def off_diagonal_by_loop(z):
    features = range(z.shape[1])
    return sum(covariance_by_loop(z, j, k) ** 2 for j in features for k in features if j != k) / len(features)


def test_two_pictures_by_hand():
    # first view (0,0), (1,2); second view (0,0), (1,0)
    # invariance: the only difference is 2, so 2^2 over 4 entries = 1, times 25 = 25
    # variance: columns (0,1), (0,2), (0,1), (0,0) have variances 1/2, 2, 1/2, 0 and with 1e-4 under the root
    #   deviations 0.707178, 1.4143, 0.707178, 0.01, so hinges 0.292822, 0, 0.292822, 0.99;
    #   means a view 0.146411 and 0.641411, their mean 0.393911, times 25 = 9.847783
    # covariance: between the first view's columns 0.5 * 1 + 0.5 * 1 = 1, squared and counted twice over 2 features = 1
    terms = without_heads("vicreg").terms([tensor([[0, 0], [1, 2]]), tensor([[0, 0], [1, 0]])], [])
    assert {name: value.item() for name, value in terms.items()} == pytest.approx(
        {"invariance": 25, "variance": 9.847783, "covariance": 1}, abs=1e-5
    )


def test_random_rows_agree_with_loops_and_with_lightly_through_the_projector():
    vicreg = built("vicreg", invariance=3.0, variance=5.0, covariance=7.0)
    rows = [0.7 * h for h in random_rows(images=7)]
    projections = [vicreg.projector(h).detach() for h in rows]
    terms = vicreg.terms(rows, [])
    weights = {"invariance": 3, "variance": 5, "covariance": 7}
    slow = terms_by_loop(*(z.numpy() for z in projections))
    assert {name: term.item() for name, term in terms.items()} == pytest.approx(
        {name: weights[name] * value for name, value in slow.items()}, rel=1e-10
    )
    assert total(terms).item() == pytest.approx(VICRegLoss(3.0, 5.0, 7.0)(*projections).item(), rel=1e-10)


def test_the_papers_weights_are_the_default():
    settings = VICRegSettings(VIEW, VIEW)
    assert (settings.invariance, settings.variance, settings.covariance) == (25, 25, 1)


def test_autograd_agrees_with_differences():
    assert derivative_matches("vicreg")


@settings(max_examples=50)
@given(st.lists(st.floats(1.01, 100), min_size=2, max_size=2), st.integers(0, 1000))
def test_the_variance_term_vanishes_where_every_feature_spreads_by_more_than_one(deviations, seed):
    rows = [tensor(deviations) * (h - h.mean(0)) / h.std(0) for h in random_rows(dim=2, seed=seed)]
    assert without_heads("vicreg").terms(rows, [])["variance"].item() == 0


@settings(max_examples=50)
@given(st.lists(st.floats(-100, 100), min_size=2, max_size=2))
def test_moving_all_projections_together_changes_nothing(shift):
    vicreg, rows = without_heads("vicreg"), random_rows(dim=2)
    expected = vicreg.terms(rows, [])
    torch.testing.assert_close(vicreg.terms([h + tensor(shift) for h in rows], []), expected, rtol=1e-9, atol=1e-9)


def test_each_view_has_a_recipe_of_its_own():
    assert built("vicreg").views == (VIEW, SMALL_VIEW)


@pytest.mark.parametrize("name", ["invariance", "variance", "covariance"])
def test_negative_weights_are_refused(name):
    with pytest.raises(SettingsError, match=rf"^`{name}` should be at least 0\. Found -1\.$"):
        VICRegSettings(VIEW, VIEW, **{name: -1})
