"""Spaces, Mahalanobis distances and mixtures: by hand, against scikit-learn, and fitted on the fit split only."""

import numpy as np
import pytest
from signal_inputs import imported, rows
from sklearn.covariance import EmpiricalCovariance
from sklearn.mixture import GaussianMixture

from qscore_core.signals.density import (
    DensitySettings,
    cluster_mahalanobis,
    mahalanobis,
    mixture_density,
    scored_by_others,
)
from qscore_core.signals.spaces import UnitMoments, centred, unit_moments, whitened

SETTINGS = DensitySettings(clusters=3)


def unit(h):
    h = np.asarray(h, np.float64)
    return h / np.linalg.norm(h, axis=1, keepdims=True)


@pytest.fixture
def fit(workspace, tmp_path):
    return imported(workspace, tmp_path, train=rows(120))["train"]


def test_a_mahalanobis_distance_by_hand():
    # Mean (0.5, 0), variances 0.25 and 0.04. The unit row of (3, 4) is (0.6, 0.8): 0.1^2 / 0.25 + 0.8^2 / 0.04 = 16.04.
    moments = UnitMoments(9, np.array([0.5, 0]), np.diag([0.25, 0.04]))
    assert mahalanobis(np.array([[3.0, 4.0]]), moments) == pytest.approx([-16.04], abs=1e-4)


def test_moments_and_mahalanobis_equal_scikit_learn(fit, monkeypatch):
    monkeypatch.setattr("qscore_core.activation_index.BLOCK_BYTES", 4 * 40 * 7)
    moments, other = unit_moments(fit), rows(10, seed=3)
    expected = EmpiricalCovariance().fit(unit(fit.matrix))
    np.testing.assert_allclose(moments.covariance, expected.covariance_, atol=1e-8)
    np.testing.assert_allclose(-mahalanobis(other, moments), expected.mahalanobis(unit(other)), rtol=1e-3)


def test_directions_without_variance_are_left_out(workspace, tmp_path):
    h = rows(50)
    h[:, 30:] = 0
    moments = unit_moments(imported(workspace, tmp_path, train=h)["train"])
    assert np.isfinite(mahalanobis(rows(5, seed=1), moments)).all()
    assert moments.principal(40)[0].shape[1] <= 30


def test_spaces_centre_and_whiten_the_fit_split(fit):
    moments = unit_moments(fit)
    moved = unit(fit.matrix) - unit(fit.matrix).mean(axis=0)
    np.testing.assert_allclose(centred(moments)(fit.matrix), unit(moved), atol=1e-5)
    # In all directions whitening undoes the covariance: cosines are those of C^(-1/2) (u - mean).
    values, axes = np.linalg.eigh(moments.covariance)
    expected = unit(moved @ axes / np.sqrt(values))
    found = whitened(moments, 40)(fit.matrix).numpy()
    np.testing.assert_allclose(found @ found.T, expected @ expected.T, atol=1e-4)


def test_clusters_and_mixtures_prefer_what_resembles_the_fit_split():
    near, far = rows(40, seed=5).astype(np.float64), 10 + rows(40, seed=6).astype(np.float64)
    for score in (cluster_mahalanobis, mixture_density):
        assert score(rows(300).astype(np.float64), near, SETTINGS).min() > score(rows(300), far, SETTINGS).max()


def test_one_cluster_is_the_mahalanobis_distance_of_scikit_learn():
    h = rows(200).astype(np.float64)
    expected = EmpiricalCovariance().fit(h).mahalanobis(h)
    np.testing.assert_allclose(-cluster_mahalanobis(h, h, DensitySettings(clusters=1)), expected, rtol=1e-6)


def test_one_gaussian_is_the_mixture_of_scikit_learn():
    h = rows(200).astype(np.float64)
    expected = GaussianMixture(1, covariance_type="diag", reg_covar=1e-4).fit(h).score_samples(h)
    np.testing.assert_allclose(mixture_density(h, h, DensitySettings(clusters=1)), expected, rtol=1e-6)


def test_no_image_is_judged_by_a_density_it_was_in():
    # The strange image makes a cluster of its own, in which it would be at home, unless it is left out.
    h = rows(80).astype(np.float64)
    h[7] += 50
    inside = cluster_mahalanobis(h, h, DensitySettings(clusters=8))
    outside = scored_by_others(cluster_mahalanobis, h, h, DensitySettings(clusters=8), same=True)
    assert outside.argmin() == 7
    assert inside.argmin() != 7
