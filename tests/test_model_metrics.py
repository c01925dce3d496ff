"""Model metrics: by hand, against plain SVDs and other libraries, and the changes that must not matter to them."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from lightly.utils.debug import std_of_l2_normalized
from scipy.stats import entropy

from qscore_core.activation_index import build_index
from qscore_core.imported import ImportRequest, import_features
from qscore_core.model_metrics import METRICS, model_metrics, negative_share, rankme, row_sums, spread, zero_share
from qscore_core.model_metrics.pairs import cluster_learnability, intrinsic_dimension, uniformity
from qscore_core.model_metrics.spectrum import alpha_req, nesum, stable_rank
from qscore_core.model_metrics.spread import self_clustering

PAIRED = {
    "uniformity": uniformity,
    "intrinsic_dimension": intrinsic_dimension,
    "cluster_learnability": cluster_learnability,
}
KEYS = [metric.key for metric in METRICS]
SUMMED = {"rankme": rankme, "zeros": zero_share, "negatives": negative_share, "spread": spread}
LATER = {"nesum": nesum, "stable_rank": stable_rank, "self_clustering": self_clustering, "alpha_req": alpha_req}


def matrix(images, dim, seed=0):
    """Non-negative, with exact zeros and some features that are always zero."""
    h = np.maximum(np.random.default_rng(seed).standard_normal((images, dim)), 0).astype(np.float32)
    h[:, dim - dim // 8 :] = 0
    return h


def values(h):
    sums = row_sums(np.asarray(h))
    return {key: formula(sums) for key, formula in SUMMED.items()}


def test_by_hand():
    h = np.array([[3.0, 0.0], [0.0, -4.0]])
    sums = row_sums(h)
    # Singular values 4 and 3, shares 4/7 and 3/7: entropy ln 7 - (4 ln 4 + 3 ln 3)/7 = 1.945910 - 1.263002 = 0.682908.
    assert sums.singular_values == pytest.approx([4, 3])
    assert rankme(sums) == pytest.approx(np.exp(0.682908), abs=1e-5)
    # Two of four entries are 0, one is below.
    assert (zero_share(sums), negative_share(sums)) == (0.5, 0.25)
    # Unit rows (1, 0) and (0, -1): each entry has mean +-1/2 and standard deviation 1/2. sqrt(2) / 2.
    assert spread(sums) == pytest.approx(np.sqrt(2) / 2)


@pytest.mark.parametrize("dim", [1, 7, 40])
def test_rankme_of_equal_singular_values_is_the_dimension(dim):
    assert rankme(row_sums(3 * np.eye(dim))) == pytest.approx(dim, rel=1e-4)


def test_rankme_of_one_direction_is_one():
    assert rankme(row_sums(np.outer(np.arange(1.0, 30.0), [1, 2, 3]))) == pytest.approx(1, abs=1e-4)


def test_nothing_has_no_rank():
    assert values(np.zeros((4, 3))) == {"rankme": 0.0, "zeros": 1.0, "negatives": 0.0, "spread": 0.0}


@pytest.mark.parametrize(("images", "dim"), [(200, 64), (30, 64), (64, 64), (500, 18)])
def test_rankme_equals_the_papers_formula_on_a_full_svd(images, dim):
    h = matrix(images, dim)
    sigma = np.linalg.svd(h.astype(np.float64), compute_uv=False)  # min(images, dim) of them
    p = [value / sum(sigma) + 1e-7 for value in sigma]
    assert rankme(row_sums(h)) == pytest.approx(np.exp(-sum(share * np.log(share) for share in p)), rel=1e-4)
    # The paper's 1e-7 keeps logarithms finite and moves the entropy by at most min(N, r) * 1e-7 * 16.
    assert rankme(row_sums(h)) == pytest.approx(np.exp(entropy(sigma)), rel=2e-4)


def test_rankme_is_not_centred():
    h = np.random.default_rng(0).standard_normal((300, 16)) * 0.01 + 1
    assert rankme(row_sums(h)) < 1.5 < 14 < rankme(row_sums(h - h.mean(axis=0)))


@pytest.mark.parametrize("images", [2, 50, 301])
def test_spread_equals_lightly(images):
    h = matrix(images, 32)
    # lightly divides by N - 1 and leaves out sqrt(r).
    expected = std_of_l2_normalized(torch.from_numpy(h)).item() * np.sqrt(32) * np.sqrt((images - 1) / images)
    assert spread(row_sums(h)) == pytest.approx(expected, rel=1e-5)


def test_spread_of_a_collapsed_and_of_a_healthy_encoder():
    rng = np.random.default_rng(0)
    assert spread(row_sums(np.outer(rng.random(100) + 1, rng.random(64)))) < 1e-6
    assert spread(row_sums(rng.standard_normal((4000, 64)))) == pytest.approx(1, abs=0.01)


def test_zeros_and_negatives_equal_those_of_the_index():
    h = matrix(80, 40) - 0.2 * (np.random.default_rng(1).random((80, 40)) < 0.1).astype(np.float32)
    index, found = build_index(h), values(h)
    assert found["zeros"] == pytest.approx(index.moment("zeros").mean())
    assert found["negatives"] == pytest.approx(index.moment("negative").mean())


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(1, 29))
def test_the_sums_of_two_parts_are_those_of_the_whole(seed, cut):
    h = matrix(30, 12, seed)
    whole, parts = row_sums(h), row_sums(h[:cut]) + row_sums(h[cut:])
    assert (parts.images, parts.zeros, parts.negatives) == (whole.images, whole.zeros, whole.negatives)
    for name in ("total", "gram", "unit", "unit_square", "unit_gram"):
        np.testing.assert_allclose(getattr(parts, name), getattr(whole, name), rtol=1e-12, atol=1e-12)


@settings(max_examples=25)
@given(st.integers(0, 1000), st.floats(1e-3, 1e3))
def test_neither_order_nor_scale_matters(seed, scale):
    h, rng = matrix(30, 12, seed).astype(np.float64), np.random.default_rng(seed)
    changed = scale * h[rng.permutation(30)][:, rng.permutation(12)]
    assert values(changed) == pytest.approx(values(h), rel=1e-6)


@settings(max_examples=25)
@given(st.integers(0, 1000))
def test_a_rotation_changes_no_rank_and_single_scales_no_spread(seed):
    h, rng = matrix(30, 12, seed).astype(np.float64), np.random.default_rng(seed)
    rotation = np.linalg.qr(rng.standard_normal((12, 12)))[0]
    assert rankme(row_sums(h @ rotation)) == pytest.approx(rankme(row_sums(h)), rel=1e-3)
    assert spread(row_sums(h * (0.1 + rng.random((30, 1))))) == pytest.approx(spread(row_sums(h)))


def test_stored_representations_are_read_in_blocks(workspace, tmp_path, monkeypatch):
    h = matrix(90, 64)
    np.save(tmp_path / "h.npy", h)
    stored = import_features(ImportRequest(tmp_path / "h.npy", "mine", "all", None, None), workspace)
    monkeypatch.setattr("qscore_core.activation_index.BLOCK_BYTES", 4 * 64 * 7)
    told = []
    found = model_metrics(stored, told.append)
    assert list(found) == KEYS
    sums = row_sums(h)
    for key, formula in (SUMMED | LATER).items():
        assert found[key] == pytest.approx(formula(sums), rel=1e-9), key
    for key, formula in PAIRED.items():
        assert found[key] == formula(h.astype(np.float64)), key
    u, s, _ = np.linalg.svd(h.astype(np.float64), full_matrices=False)
    leverage = (u[:, s > 1e-5 * s[0]] ** 2).sum(axis=1)
    assert found["coherence"] == pytest.approx(90 / (s > 1e-5 * s[0]).sum() * leverage.max())
    assert (told[-1].done, told[-1].total) == (90, 90)


def test_every_metric_says_what_it_is_and_where_it_comes_from():
    for metric in METRICS:
        assert metric.meaning.endswith(".")
        assert metric.source
        assert metric.title


def test_ranks_of_the_spectrum_by_hand():
    # Rows +-2 along the first and +-1 along the second axis: mean 0, covariance diag(8/4, 2/4), eigenvalues 2 and 0.5.
    sums = row_sums(np.array([[2.0, 0], [-2, 0], [0, 1], [0, -1]]))
    assert sums.eigenvalues == pytest.approx([2, 0.5])
    assert nesum(sums) == pytest.approx(2.5 / 2)
    # Squared singular values 8 and 2.
    assert stable_rank(sums) == pytest.approx(10 / 8)
    # Unit rows +-e1, +-e2: U'U = diag(2, 2), squared norm 8; E = 4 + 4 * 3 / 2 = 10; (8 - 10) / (16 - 10).
    assert self_clustering(sums) == pytest.approx(-2 / 6)


def test_self_clustering_of_copies_is_one_and_of_random_directions_about_zero():
    assert self_clustering(row_sums(np.tile([3.0, 4.0], (5, 1)))) == pytest.approx(1)
    h = np.random.default_rng(0).standard_normal((500, 30))
    unit = h / np.linalg.norm(h, axis=1, keepdims=True)
    expected = 500 + 500 * 499 / 30
    loop = (sum((unit[i] @ unit[j]) ** 2 for i in range(500) for j in range(500)) - expected) / (500**2 - expected)
    assert self_clustering(row_sums(h)) == pytest.approx(loop)
    assert abs(loop) < 1e-3


@pytest.mark.parametrize("alpha", [0.5, 1.0, 1.7])
def test_alpha_is_the_power_of_a_power_law_whatever_the_first_eigenvalues(alpha):
    variances = np.arange(1.0, 121) ** -alpha
    variances[:5] *= 3
    # Rows +-a along an axis of their own: covariance a^2 / r, the same power law.
    h = np.concatenate([np.diag(np.sqrt(variances)), -np.diag(np.sqrt(variances))])
    assert alpha_req(row_sums(h)) == pytest.approx(alpha)


def test_nothing_to_fit_is_not_a_number():
    assert np.isnan(alpha_req(row_sums(np.zeros((4, 3)))))
    assert np.isnan([uniformity(np.ones((1, 2))), intrinsic_dimension(np.ones((9, 2)))]).all()
    assert np.isnan(cluster_learnability(np.ones((9, 2))))


def test_uniformity_by_hand_and_as_the_papers_code():
    # (3, 0) and (0, 5): unit rows at squared distance 2, log exp(-4).
    assert uniformity(np.array([[3.0, 0], [0, 5]])) == pytest.approx(-4)
    h = np.random.default_rng(0).standard_normal((40, 6))
    unit = h / np.linalg.norm(h, axis=1, keepdims=True)
    loop = np.mean([np.exp(-2 * ((unit[i] - unit[j]) ** 2).sum()) for i in range(40) for j in range(i)])
    assert uniformity(h) == pytest.approx(np.log(loop))


@pytest.mark.parametrize("dimensions", [1, 2, 5])
def test_the_dimension_of_a_flat_cloud_is_found_in_a_large_space(dimensions):
    rng = np.random.default_rng(0)
    cloud = rng.random((1500, dimensions)) @ rng.standard_normal((dimensions, 30))
    assert intrinsic_dimension(np.concatenate([cloud, cloud[:50]])) == pytest.approx(dimensions, rel=0.12)


def test_separate_clusters_are_learned_and_a_cloud_less():
    rng = np.random.default_rng(0)
    centres = 10 * rng.standard_normal((20, 30))
    apart = centres[rng.integers(0, 20, 600)] + 0.1 * rng.standard_normal((600, 30))
    assert cluster_learnability(apart) > 0.95 > cluster_learnability(rng.standard_normal((600, 30)))
