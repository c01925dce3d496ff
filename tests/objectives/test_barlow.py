"""Barlow Twins' two terms against arithmetic by hand, plain loops and lightly's loss."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lightly.loss import BarlowTwinsLoss
from objective_inputs import SMALL_VIEW, VIEW, built, derivative_matches, random_rows, tensor, total, without_heads

from qscore_core.errors import SettingsError
from qscore_core.objectives import BarlowSettings

EPSILON = 1e-5  # batch norm's, added to the variances
SQUARE = tensor([[1, 1], [1, -1], [-1, 1], [-1, -1]])  # columns with mean 0 and variance 1 that do not correlate


def correlation_by_loop(first, second, i, j):
    """Equation 2 of arXiv 2103.03230 for one pair of features, after the mean over the batch is removed."""
    a, b = first[:, i] - sum(first[:, i]) / len(first), second[:, j] - sum(second[:, j]) / len(second)
    squares = [sum(x**2) + len(x) * EPSILON for x in (a, b)]
    return sum(x * y for x, y in zip(a, b, strict=True)) / (squares[0] * squares[1]) ** 0.5


def terms_by_loop(first, second):
    """Both parts of equation 1, without lambda."""
    features = range(first.shape[1])
    return {
        "invariance": sum((1 - correlation_by_loop(first, second, i, i)) ** 2 for i in features),
        "redundancy": sum(correlation_by_loop(first, second, i, j) ** 2 for i in features for j in features if i != j),
    }


def test_four_pictures_by_hand():
    # the second view has the two features exchanged: correlations 0 on the diagonal and 1 off it;
    # invariance (1-0)^2 + (1-0)^2 = 2, redundancy 0.005 * (1 + 1) = 0.01; on a scale of 3: 6 and 0.03
    terms = without_heads("barlow", scale=3.0).terms([SQUARE, SQUARE.flip(1)], [])
    assert {name: term.item() for name, term in terms.items()} == pytest.approx(
        {"invariance": 6, "redundancy": 0.03}, rel=1e-4
    )


def test_random_rows_agree_with_loops_and_with_lightly_through_the_projector():
    barlow = built("barlow", redundancy=0.3)
    rows = random_rows(images=7)
    projections = [barlow.projector(h).detach() for h in rows]
    terms = barlow.terms(rows, [])
    slow = terms_by_loop(*(z.numpy() for z in projections))
    assert terms["invariance"].item() == pytest.approx(slow["invariance"], rel=1e-10)
    assert terms["redundancy"].item() == pytest.approx(0.3 * slow["redundancy"], rel=1e-10)
    assert total(terms).item() == pytest.approx(BarlowTwinsLoss(0.3)(*projections).item(), rel=1e-10)


def test_autograd_agrees_with_differences():
    assert derivative_matches("barlow")


@settings(max_examples=50)
@given(st.lists(st.floats(0.5, 100), min_size=2, max_size=2), st.lists(st.floats(-10, 10), min_size=2, max_size=2))
def test_identical_decorrelated_views_cost_nothing_on_any_scale(lengths, shift):
    first = SQUARE * tensor(lengths) + tensor(shift)
    assert total(without_heads("barlow").terms([first, first], [])).item() == pytest.approx(0, abs=1e-8)


def test_one_feature_twice_costs_redundancy_alone():
    twice = SQUARE[:, :1].expand(-1, 2)
    terms = without_heads("barlow").terms([twice, twice], [])
    assert terms["invariance"].item() == pytest.approx(0, abs=1e-8)
    assert terms["redundancy"].item() == pytest.approx(0.005 * 2, rel=1e-4)


def test_each_view_has_a_recipe_of_its_own():
    assert built("barlow").views == (VIEW, SMALL_VIEW)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"redundancy": -0.1}, "`redundancy` should be at least 0. Found -0.1."),
        ({"scale": 0.0}, "`scale` should exceed 0. Found 0.0."),
    ],
)
def test_settings_without_meaning_are_refused(changes, message):
    with pytest.raises(SettingsError) as refused:
        BarlowSettings(VIEW, VIEW, **changes)
    assert str(refused.value) == message
