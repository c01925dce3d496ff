"""CKA and matches of features: by hand, by N x N loops in float64, and by what must not change them."""

import importlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ortho_group

from qscore_core.comparison import best_matches, cka, correlations, matches, pair_sums
from qscore_core.errors import SettingsError


def sums_of(x, y, places=None):
    everything = np.arange(len(x))
    return pair_sums(x.astype(np.float32), y.astype(np.float32), places or (everything, everything))


def unit(x):
    exact = x.astype(np.float32).astype(np.float64)
    return exact / np.linalg.norm(exact, axis=1, keepdims=True)


def plain_cka(x, y):
    """Kornblith et al., equation 4, on N x N matrices."""
    n = len(x)
    centre = np.eye(n) - np.ones((n, n)) / n
    k, m = centre @ unit(x) @ unit(x).T @ centre, centre @ unit(y) @ unit(y).T @ centre
    return np.sum(k * m) / np.sqrt(np.sum(k * k) * np.sum(m * m))


def hsic1(k, m):
    """Song et al. 2012 on matrices without their diagonal."""
    n, one = len(k), np.ones(len(k))
    k, m = k - np.diag(np.diag(k)), m - np.diag(np.diag(m))
    both = np.trace(k @ m) + (one @ k @ one) * (one @ m @ one) / ((n - 1) * (n - 2))
    return (both - 2 / (n - 2) * one @ k @ m @ one) / (n * (n - 3))


def unbiased_cka(x, y):
    k, m = unit(x) @ unit(x).T, unit(y) @ unit(y).T
    return hsic1(k, m) / np.sqrt(hsic1(k, k) * hsic1(m, m))


@given(st.integers(0, 1000), st.integers(5, 30), st.integers(2, 6), st.integers(2, 6))
def test_cka_equals_the_formulas_on_n_by_n_matrices(seed, images, first, second):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(1, 1, (images, first)), rng.normal(-1, 2, (images, second))
    found = cka(sums_of(x, y))
    assert found.plain == pytest.approx(plain_cka(x, y), abs=1e-9)
    assert found.unbiased == pytest.approx(unbiased_cka(x, y), abs=1e-7)


def test_hsic1_is_the_mean_over_all_quadruples():
    """The U-statistic by its definition: over quadruples of different images, k_ij (l_ij + l_qr - 2 l_iq)."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    k, m = x @ x.T, y @ y.T
    every = [(i, j, q, r) for i in range(6) for j in range(6) for q in range(6) for r in range(6)]
    different = [four for four in every if len(set(four)) == 4]
    mean = np.mean([k[i, j] * (m[i, j] + m[q, r] - 2 * m[i, q]) for i, j, q, r in different])
    assert hsic1(k, m) == pytest.approx(mean)


def test_plain_cka_by_hand():
    # Rows are of unit length already. Centred: x = (±1/2, ∓1/2) by image, y = ±1. With s = (1, 1, -1, -1):
    # X^T Y = (2, -2), X^T X = [[1, -1], [-1, 1]], Y^T Y = 4. CKA = (4 + 4) / sqrt(4 * 16) = 1.
    x = np.array([[1, 0], [1, 0], [0, 1], [0, 1]])
    y = np.array([[1], [1], [-1], [-1]])
    assert cka(sums_of(x, y)).plain == pytest.approx(1.0)
    # With s' = (1, -1, 1, -1) nothing is left: X^T Y = (0, 0).
    assert cka(sums_of(x, np.array([[1], [-1], [1], [-1]]))).plain == pytest.approx(0.0)


def test_rotating_features_changes_nothing_and_noise_is_not_similarity():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 40))
    rotated = cka(sums_of(x, x @ ortho_group.rvs(40, random_state=0)))
    assert (rotated.plain, rotated.unbiased) == pytest.approx((1.0, 1.0), abs=1e-5)
    noise = cka(sums_of(x, rng.normal(size=(60, 40))))
    assert noise.plain > 0.3  # few images, many features: the reason for the unbiased one
    assert abs(noise.unbiased) < 0.1


def test_constant_representations_have_no_cka():
    x = np.ones((5, 3))
    assert cka(sums_of(x, np.random.default_rng(0).normal(size=(5, 2)))).plain is None


def test_blocks_and_places_change_nothing(monkeypatch):
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(30, 4)), rng.normal(size=(30, 6))
    order = rng.permutation(30)
    whole = sums_of(x, y)
    module = importlib.import_module("qscore_core.comparison.pair_sums")  # a function has its name
    monkeypatch.setattr(module, "BLOCK_ENTRIES", 42)  # seven rows a block
    shuffled = sums_of(x[np.argsort(order)], y, (order, np.arange(30)))
    assert cka(shuffled).unbiased == pytest.approx(cka(whole).unbiased)
    assert correlations(shuffled) == pytest.approx(correlations(whole))


def test_correlations_agree_with_numpy_and_leave_constant_features_at_0():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(50, 4)), rng.normal(size=(50, 3))
    x[:, 2] = 0
    found = correlations(sums_of(x, y))
    theirs = [[0 if j == 2 else np.corrcoef(unit(x)[:, j], unit(y)[:, k])[0, 1] for k in range(3)] for j in range(4)]
    assert found == pytest.approx(np.array(theirs), abs=1e-6)


def test_matches_by_hand():
    table = np.array([[0.9, 0.8, 0.0], [0.85, 0.1, 0.2]])
    found = matches(table)
    # Both like B's 0 best; it likes A's 0. One to one: 0.9 + 0.2 = 1.1 against 0.8 + 0.85 = 1.65.
    assert found.best.tolist() == [0, 0]
    assert found.mutual.tolist() == [True, False]
    assert found.partner.tolist() == [1, 0]
    assert found.partner_correlation.tolist() == [0.8, 0.85]
    assert best_matches(table, 1, 2) == [(0, 0.85), (2, 0.2)]
    # More features than partners: one is left.
    assert sorted(matches(table.T).partner.tolist()) == [-1, 0, 1]


def test_a_permuted_encoder_is_matched_back():
    rng = np.random.default_rng(0)
    x, order = rng.normal(size=(80, 12)), rng.permutation(12)
    found = matches(correlations(sums_of(x, x[:, order])))
    assert order[found.best].tolist() == order[found.partner].tolist() == list(range(12))
    assert found.mutual.all()


def test_an_unknown_feature_is_refused():
    with pytest.raises(SettingsError, match=r"between 0 and 1\. Found 7"):
        best_matches(np.zeros((2, 3)), 7)
