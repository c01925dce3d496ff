import os
import subprocess
import sys

import numpy as np
import pytest
import reference_formulas as reference
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from qscore_core.activation import z_scores
from qscore_core.activation_index import STEPS, build_index
from qscore_core.errors import RepresentationError


def heavy_tailed(images, dim, seed=0):
    rng = np.random.default_rng(seed)
    return np.maximum(rng.standard_normal((images, dim)) ** 3, 0).astype(np.float32)


def dense_z(h):
    return z_scores(torch.from_numpy(np.asarray(h, dtype=np.float64))).numpy()


@pytest.mark.parametrize("dim", [18, 512, 2048])
def test_entries_are_those_above_the_floor_strongest_first(dim):
    h = heavy_tailed(50, dim)
    index, z = build_index(h), dense_z(h)
    for image in range(50):
        features, values = index.active_features(image, 2.0)
        expected = np.flatnonzero(z[image] > 2.0)
        assert sorted(features) == expected.tolist()
        assert (np.diff(values) <= 0).all()
        np.testing.assert_allclose(values, z[image, features], rtol=1e-6)


@pytest.mark.parametrize("epsilon", [2.0, 2.35, 3.0, 4.0, 9.9])
def test_rates_agree_with_the_plain_definition_on_and_between_steps(epsilon):
    h = heavy_tailed(60, 128)
    np.testing.assert_allclose(build_index(h).rates(epsilon), reference.rates(h, epsilon), atol=1e-9)


def test_the_table_of_counts_agrees_with_a_pass_over_the_entries():
    index = build_index(heavy_tailed(80, 256))
    z = np.asarray(index.z)
    for step, epsilon in enumerate(STEPS):
        counts = np.bincount(index.features[z > epsilon], minlength=256)
        assert (index.counts[step] == counts).all()


def test_moments_by_hand():
    # (0, 0, -3, 7): mean 1, deviations -1 -1 -4 6, variance (1+1+16+36)/4 = 13.5, L2 sqrt(58), L1 10,
    # largest z 6/sqrt(13.5), half zeros, a quarter negative, kurtosis (1+1+256+1296)/4 / 13.5^2 - 3
    index = build_index(np.array([[0, 0, -3, 7]], dtype=np.float32), floor=0.5)
    expected = {
        "mean": 1.0,
        "std": 13.5**0.5,
        "l2": 58**0.5,
        "l1": 10.0,
        "max_z": 6 / 13.5**0.5,
        "zeros": 0.5,
        "negative": 0.25,
        "kurtosis": 388.5 / 13.5**2 - 3,
    }
    assert {name: index.moment(name)[0] for name in expected} == pytest.approx(expected)


def test_constant_rows_have_no_entries():
    h = np.vstack([np.full((1, 64), 0.1), np.zeros((1, 64)), heavy_tailed(1, 64)]).astype(np.float32)
    index = build_index(h)
    assert np.diff(index.starts)[:2].tolist() == [0, 0]
    assert index.moment("std")[:2].tolist() == [0, 0]
    assert np.diff(index.starts)[2] > 0


def test_a_large_mean_does_not_hide_entries():
    h = heavy_tailed(20, 256, seed=3)
    lifted = (h.astype(np.float64) + 1000).astype(np.float32)
    index, z = build_index(lifted), dense_z(lifted)
    for image in range(20):
        assert sorted(index.active_features(image, 2.0)[0]) == np.flatnonzero(z[image] > 2.0).tolist()


def test_two_sided_reads_the_absolute_value():
    h = np.random.default_rng(1).standard_normal((30, 200)).astype(np.float32)
    index, z = build_index(h, two_sided=True), dense_z(h)
    for image in range(30):
        assert sorted(index.active_features(image, 2.0)[0]) == np.flatnonzero(np.abs(z[image]) > 2.0).tolist()


def test_images_of_a_feature():
    h = heavy_tailed(40, 64)
    index, z = build_index(h), dense_z(h)
    images, values = index.images_of(5)
    assert images.tolist() == np.flatnonzero(z[:, 5] > 2).tolist()
    np.testing.assert_allclose(values, z[images, 5], rtol=1e-6)


@settings(max_examples=25)
@given(st.integers(1, 30), st.integers(18, 300), st.integers(0, 10_000), st.floats(2.0, 6.0))
def test_sums_agree_with_the_dense_matrix(images, dim, seed, epsilon):
    h = heavy_tailed(images, dim, seed)
    members = np.random.default_rng(seed).random(dim) < 0.4
    sums, inside, active = build_index(h).sums_over(members, epsilon)
    z = dense_z(h)
    assert active.tolist() == (z > epsilon).sum(axis=1).tolist()
    assert inside.tolist() == ((z > epsilon) & members).sum(axis=1).tolist()
    np.testing.assert_allclose(sums, (z * ((z > epsilon) & members)).sum(axis=1), rtol=1e-5)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_rows_that_are_not_finite_are_named(bad):
    h = heavy_tailed(10, 64)
    h[7, 3] = bad
    with pytest.raises(RepresentationError, match="Row 7 of the representations holds NaN or infinite values"):
        build_index(h)


def test_an_epsilon_below_the_floor_is_refused():
    with pytest.raises(
        RepresentationError, match=r"entries with z above 2; epsilon = 1\.5 needs one built with `floor=1\.5`"
    ):
        build_index(heavy_tailed(5, 64)).rates(1.5)


SEVERAL_THREADS = """
import threading
import numpy as np
from qscore_core.activation_index import build_index

h = np.maximum(np.random.default_rng(0).standard_normal((2000, 128)) ** 3, 0).astype(np.float32)
work = lambda: [build_index(h).sums_over(np.ones(128, bool), 2.55) for _ in range(10)]
threads = [threading.Thread(target=work) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
"""


def test_several_threads_may_ask_at_once_also_without_an_openmp_library():
    environment = {**os.environ, "NUMBA_THREADING_LAYER": "workqueue", "NUMBA_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", SEVERAL_THREADS], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


ONE_THREAD = """
import numpy as np
import torch
from qscore_core.activation_index import build_index

build_index(np.random.default_rng(0).random((2000, 128), dtype=np.float32)).sums_over(np.ones(128, bool), 2.55)
print(torch.get_num_threads())
"""


def test_a_process_told_to_use_one_thread_goes_on_with_one():
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "2"}
    done = subprocess.run([sys.executable, "-c", ONE_THREAD], env=environment, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("1\n", "")
