"""Equation 3: by hand, against plain loops in float64, and its gradient."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import normalize

from qscore_core.errors import SettingsError
from qscore_core.regulariser import (
    QScoreRegulariser,
    Weights,
    heavy_column_term,
    lasso_term,
    low_q_term,
)


def test_low_q_term_by_hand():
    # mean Q = (0.1 + 0.2 + 0.6 + 0.3) / 4 = 0.3; below it: 0.1 and 0.2 (0.3 is not below); -(0.1 + 0.2) / 4 = -0.075,
    # divided by all four rows and not by the two low ones
    assert low_q_term(torch.tensor([0.1, 0.2, 0.6, 0.3], dtype=torch.float64)).item() == pytest.approx(-0.075)


def test_column_and_lasso_terms_by_hand():
    h = torch.tensor([[1.0, 0.0, -2.0], [3.0, 0.5, 0.5]])
    # columns' norms: 4, 0.5, 2.5; their mean is 7/3 = 2.33; above it: 4 and 2.5, summed and not averaged: 6.5
    assert heavy_column_term(h).item() == pytest.approx(6.5)
    assert lasso_term(h).item() == pytest.approx(7.0)


def test_rows_without_a_firing_discriminative_feature_count_in_alpha_and_in_the_divisor():
    # Q = 0 for two of four rows: alpha = (0 + 0 + 0.4 + 0.8) / 4 = 0.3, nothing between 0 and 0.3, so the term is 0
    assert low_q_term(torch.tensor([0.0, 0.0, 0.4, 0.8])).item() == 0
    # and with 0.2 instead of 0.4: alpha = 0.25, term = -0.2 / 4
    assert low_q_term(torch.tensor([0.0, 0.0, 0.2, 0.8])).item() == pytest.approx(-0.05)


def slow_terms(h, discriminative, epsilon):
    """Equation 3 in loops; `h` as given, rows brought to unit norm here."""
    unit = [[value / math.sqrt(sum(v * v for v in row)) for value in row] for row in h.tolist()]
    scores = []
    for row in unit:
        mean = sum(row) / len(row)
        sigma = math.sqrt(sum((value - mean) ** 2 for value in row) / len(row))
        chosen = [v - mean for j, v in enumerate(row) if v > mean + epsilon * sigma and discriminative[j]]
        scores.append(sum(chosen) / len(chosen) if chosen else 0.0)
    alpha = sum(scores) / len(scores)
    norms = [sum(abs(row[k]) for row in unit) for k in range(len(unit[0]))]
    beta = sum(norms) / len(norms)
    return {
        "q_score": -sum(q for q in scores if q < alpha) / len(scores),
        "columns": sum(norm for norm in norms if norm > beta),
        "lasso": sum(norms),
    }


def sparse_rows(seed, rows=12, features=30):
    """Representations as encoders give them: not negative, a few features strong."""
    return np.random.default_rng(seed).gamma(0.3, size=(rows, features)) + 1e-3


def regulariser(weights, seed=0, features=30, epsilon=1.5):
    made = QScoreRegulariser(weights, features, epsilon)
    made.set_discriminative(torch.from_numpy(np.random.default_rng(seed).random(features) < 0.5))
    return made


ALL = Weights(q_score=1, columns=1, lasso=1)


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_terms_equal_the_loops(seed):
    made = regulariser(ALL, seed)
    h = torch.from_numpy(sparse_rows(seed))
    terms, watch = made.terms(normalize(h, dim=1))
    expected = slow_terms(h, made.discriminative.tolist(), 1.5)
    assert {name: term.item() for name, term in terms.items()} == pytest.approx(expected, abs=1e-12)
    assert 0 <= watch.empty <= 1


@pytest.mark.parametrize("name", ["q_score", "columns", "lasso"])
def test_gradients_are_those_of_the_formula(name):
    """Thresholds and memberships are constants: away from them, the analytic gradient is the numeric one."""
    made = regulariser(Weights(**{name: 1.0}))
    h = torch.from_numpy(sparse_rows(3)).requires_grad_()
    assert torch.autograd.gradcheck(lambda h: made.terms(normalize(h, dim=1))[0][name], h, eps=1e-7)


def test_raising_low_scores_is_what_a_step_down_the_q_term_does():
    made = regulariser(Weights(q_score=1.0))
    h = torch.from_numpy(sparse_rows(5, rows=60)).requires_grad_()
    terms, before = made.terms(normalize(h, dim=1))
    terms["q_score"].backward()
    _, after = made.terms(normalize(h - 1e-2 * h.grad / h.grad.norm(), dim=1))
    assert after.mean_q > before.mean_q


def test_terms_of_weight_zero_are_left_out():
    assert list(regulariser(Weights()).terms(torch.rand(4, 30))[0]) == []
    assert list(regulariser(Weights(columns=1e-4)).terms(torch.rand(4, 30))[0]) == ["columns"]


def test_absolute_weights_are_taken_as_they_stand():
    assert regulariser(Weights(q_score=1e-4)).weight("q_score", own_gradient=7.0, ssl_gradient=2.0) == 1e-4


def test_relative_weights_are_set_by_the_first_step_and_kept_in_the_state():
    made = regulariser(Weights(q_score=0.1, scale="gradient"))
    # a tenth of the SSL loss's gradient of 3 from a term whose own is 0.06: 0.1 * 3 / 0.06 = 5
    assert made.weight("q_score", own_gradient=0.06, ssl_gradient=3.0) == pytest.approx(5)
    assert made.weight("q_score", own_gradient=9.0, ssl_gradient=9.0) == pytest.approx(5)
    resumed = regulariser(Weights(q_score=0.1, scale="gradient"), seed=1)
    resumed.load_state_dict(made.state_dict())
    assert resumed.weight("q_score", own_gradient=1.0, ssl_gradient=1.0) == pytest.approx(5)
    assert torch.equal(resumed.discriminative, made.discriminative)


def test_a_term_without_gradient_waits_for_one_that_has():
    made = regulariser(Weights(q_score=0.1, scale="gradient"))
    assert made.weight("q_score", own_gradient=0.0, ssl_gradient=3.0) == 0
    assert made.weight("q_score", own_gradient=1.0, ssl_gradient=3.0) == pytest.approx(0.3)


def test_weights_without_meaning_are_refused():
    with pytest.raises(SettingsError, match=r"^The weight of `columns` should be 0 or more\. Found -1\.$"):
        Weights(columns=-1)
    with pytest.raises(SettingsError, match=r"^`scale` should be `absolute` or `gradient`\. Found `loss`\.$"):
        Weights(scale="loss")
