"""Why a Q is low, on representations small enough to see it, and against plain counting on real ones."""

import numpy as np
import pytest

from qscore_core.activation import FeatureSettings
from qscore_core.imported import ImportRequest, import_features
from qscore_core.pipeline import analyse
from qscore_core.qscore import ScoreSettings
from qscore_core.why_low import Heights, OneFeature, explain, in_sentences

HOW = ScoreSettings(FeatureSettings(2.0, 0.0, 100.0))
DIM = 10


def one_feature_each(*features):
    """Rows of ten entries of which one is 1: mean 0.1, deviation 0.3, and z of the one is 0.9 / 0.3 = 3."""
    return np.eye(DIM, dtype=np.float32)[list(features)]


def stored(tmp_path, workspace, name, split, matrix, labels=None):
    np.save(tmp_path / f"{name}{split}.npy", matrix)
    words = None
    if labels is not None:
        words = tmp_path / f"{name}{split}.txt"
        words.write_text("\n".join(labels) + "\n")
    return import_features(ImportRequest(tmp_path / f"{name}{split}.npy", name, split, words, None), workspace)


@pytest.fixture
def labelled(tmp_path, workspace):
    """Class a fires 0, 0, 0, 1 and class b 2, 2, 3, 3; the scored image is an a that fires 2."""
    fit = stored(tmp_path, workspace, "named", "train", one_feature_each(0, 0, 0, 1, 2, 2, 3, 3), list("aaaabbbb"))
    target = stored(tmp_path, workspace, "named", "test", one_feature_each(2, 0, 2), list("aab"))
    return analyse(target, fit, HOW, workspace)


def test_what_is_usual_and_silent_and_what_fires_instead_by_hand(labelled):
    found = explain(labelled, 0)
    # Feature 0 fires in 3 of 4 a and 3 of all 8: lift 2, usual; so is 1 with 1 of 4 and 1 of 8. z there is -0.1 / 0.3.
    assert found.missing == (
        OneFeature(0, pytest.approx(-1 / 3), 0.75, "a"),
        OneFeature(1, pytest.approx(-1 / 3), 0.25, "a"),
    )
    # Feature 2 fires in no a and in 2 of 8: less often than in all images.
    assert found.instead == (OneFeature(2, pytest.approx(3.0), 0.0, "b"),)
    assert found.own == Heights(pytest.approx(3.0), pytest.approx(0.3))
    assert (found.like, found.peers, found.active, found.inside) == ("class a", 4, 1, 1)
    assert found.q == pytest.approx(0.9)
    first, second, third = in_sentences(found, {})
    assert "They stand 3.0 standard deviations above its mean (median image: 3.0)" in first
    assert "Q = 3.00 x 0.3000 = 0.900" in first
    silent = "feature 0 (in 75% of them, z -0.3 here); feature 1 (in 25% of them, z -0.3 here)"
    assert second == f"Usual for class a (4 images) but silent here: {silent}."
    assert third == "What fires instead: feature 2 (z 3.0, in 0% of them, most often in b)."


def test_a_class_that_is_called_class_is_not_called_so_twice(tmp_path, workspace):
    fit = stored(tmp_path, workspace, "named", "train", one_feature_each(0, 0, 1, 1), ["class 5"] * 4)
    assert explain(analyse(fit, fit, HOW, workspace), 0).like == "class 5"


def test_an_image_that_fires_what_its_class_fires_misses_the_rest_only(labelled):
    found = explain(labelled, 1)
    assert [one.feature for one in found.missing] == [1]
    assert found.instead == ()


def test_without_labels_its_like_are_the_nearest(tmp_path, workspace):
    fit = stored(tmp_path, workspace, "bare", "train", one_feature_each(*[0] * 20, *[1] * 20))
    target = stored(tmp_path, workspace, "bare", "test", one_feature_each(1) + 0.5 * one_feature_each(5))
    found = explain(analyse(target, fit, HOW, workspace), 0)
    assert (found.like, found.peers, found.missing) == ("its nearest images", 20, ())  # they fire 1, as it does


def test_an_image_is_not_its_own_like(tmp_path, workspace):
    fit = stored(tmp_path, workspace, "own", "train", one_feature_each(0, 0, 1, 1), list("aabb"))
    assert explain(analyse(fit, fit, HOW, workspace), 0).peers == 1


def test_without_a_discriminative_feature_q_is_zero_and_says_so(tmp_path, workspace):
    fit = stored(tmp_path, workspace, "flat", "train", one_feature_each(0, 0, 1, 1), list("aabb"))
    flat = np.linspace(0, 1, DIM, dtype=np.float32)[None]  # its largest z is 1.6
    target = stored(tmp_path, workspace, "flat", "test", flat, ["a"])
    found = explain(analyse(target, fit, HOW, workspace), 0)
    assert (found.q, found.own.z, found.active) == (0.0, None, 0)
    assert in_sentences(found, {})[0].startswith("No discriminative feature is highly active here, so Q is 0")


def test_the_factors_make_q_on_dense_representations(tmp_path, workspace):
    rng = np.random.default_rng(0)
    matrix = np.maximum(rng.standard_normal((40, 64)) ** 3, 0).astype(np.float32)
    fit = stored(tmp_path, workspace, "dense", "train", matrix, [f"c{n % 4}" for n in range(40)])
    analysis = analyse(fit, fit, ScoreSettings(FeatureSettings(2.0, 30.0, 95.0)), workspace)
    for place in range(40):
        found = explain(analysis, place)
        assert found.q == pytest.approx((found.own.z or 0.0) * found.own.deviation, rel=1e-5)
