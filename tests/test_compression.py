"""The compression curve of figure 2: which features each window keeps, and what the probes on them reach."""

import json

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.preprocessing import normalize
from typer.testing import CliRunner

from qscore_core.activation import FeatureSettings, discriminative_features
from qscore_core.cli import app
from qscore_core.compression import CompressionSettings, compression_curve, principal_axes
from qscore_core.errors import RepresentationError, SettingsError
from qscore_core.imported import ImportRequest, import_features, open_features
from qscore_core.probe import LogisticRecipe, ProbeSettings, fit_probe
from qscore_core.representations import index_of
from qscore_core.workspace import Workspace

FIXED = ProbeSettings(fast=LogisticRecipe(strengths=(0.01,)))


def planted(images: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """40 features: the ten in the middle (15 to 24) tell the class, all others are noise."""
    rng = np.random.default_rng(seed)
    labels = np.arange(images) % 2
    h = np.abs(rng.normal(size=(images, 40)))
    h[:, 15:20] += 1.5 * labels[:, None]
    h[:, 20:25] += 1.5 * (1 - labels[:, None])
    return h.astype(np.float32), labels


RATES = np.arange(1.0, 41)  # feature j fires on j + 1 percent of the images


def curve_of(windows: tuple, rates: np.ndarray = RATES, **settings):
    train, test = planted(200, 0), planted(200, 1)
    return compression_curve(*train, *test, 2, rates, CompressionSettings(windows=windows, probe=FIXED, **settings))


def test_the_telling_features_beat_random_ones_of_the_same_number():
    full, middle = curve_of(((0, 100), (37.5, 62.5))).points
    # Percentiles 37.5 and 62.5 of 1..40 are 1 + 39 * 0.375 = 15.6 and 25.4: the rates 16 to 25, ten features.
    assert (full.features, full.share_removed) == (40, 0.0)
    assert (middle.features, middle.share_removed) == (10, 0.75)
    assert middle.top1 > 0.95
    assert middle.random_top1_min <= middle.random_top1_mean <= middle.random_top1_max < middle.top1


def test_all_features_have_no_other_subset():
    (full,) = curve_of(((0, 100),)).points
    assert full.random_top1_min == full.random_top1_mean == full.random_top1_max == full.top1


def test_the_papers_window_keeps_exactly_the_discriminative_features():
    rates = np.r_[np.zeros(10), np.arange(1.0, 31)]
    (point,) = curve_of(((50, 95),), rates).points
    kept = discriminative_features(rates, FeatureSettings())
    train, test = planted(200, 0), planted(200, 1)
    rows, others = normalize(train[0]), normalize(test[0])  # over all features, before any is removed
    settings = ProbeSettings(normalize=False, fast=FIXED.fast)
    probe = fit_probe(rows[:, kept], train[1], 2, settings)
    assert point.features == kept.sum()
    assert point.top1 == probe.correct(others[:, kept], test[1]).mean()


def test_pca_keeps_as_many_directions_as_features():
    full, middle = curve_of(((0, 100), (37.5, 62.5))).points
    train, test = planted(200, 0), planted(200, 1)
    pca = PCA(10, svd_solver="full").fit(normalize(train[0]))
    probe = fit_probe(pca.transform(normalize(train[0])), train[1], 2, ProbeSettings(normalize=False, fast=FIXED.fast))
    assert middle.pca_top1 == probe.correct(pca.transform(normalize(test[0])), test[1]).mean()
    assert full.pca_top1 == full.top1  # the whole space, turned


def test_principal_axes_by_hand():
    # Rows +-(3, 4) and +-(0.4, -0.3): covariance along (0.6, 0.8) is 25 / 2, across it 0.25 / 2.
    axes = principal_axes(np.array([[3.0, 4], [-3, -4], [0.4, -0.3], [-0.4, 0.3]]))
    assert np.abs(axes) == pytest.approx(np.array([[0.6, 0.8], [0.8, 0.6]]))


def test_discriminative_features_of_another_data_set(tmp_path):
    workspace = Workspace.at(tmp_path / "workspace")
    arrays = {("mine", "train"): planted(60, 0), ("mine", "test"): planted(60, 1), ("other", "train"): planted(60, 2)}
    for (name, split), (h, labels) in arrays.items():
        turned = h[:, np.random.default_rng(7).permutation(40)] if name == "other" else h
        np.save(tmp_path / "h.npy", turned)
        np.save(tmp_path / "y.npy", labels)
        import_features(ImportRequest(tmp_path / "h.npy", name, split, tmp_path / "y.npy"), workspace)
    words = ["compress", "--dataset", "features:mine", "--epsilon", "1.5", "--workspace", str(workspace.root), "--json"]
    own, other = (
        json.loads(CliRunner().invoke(app, [*words, *more]).stdout) for more in ([], ["--fit", "features:other/train"])
    )
    assert (own["fit"], other["fit"]) == ("features:mine/train", "features:other/train")
    rates = index_of(open_features("features:other", "train", workspace), workspace, epsilon=1.5).rates(1.5)
    expected = compression_curve(*arrays["mine", "train"], *arrays["mine", "test"], 2, rates)
    assert [point["top1"] for point in other["curve"]] == [point.top1 for point in expected.points]
    assert own["curve"][0] == other["curve"][0]  # all features, wherever rates come from
    assert own["curve"] != other["curve"]


def test_windows_with_the_same_or_no_features_are_left_out():
    rates = np.r_[np.zeros(30), np.arange(1.0, 11)]
    # 30 of 40 never fire: percentiles 10 and 50 are both 0, so that both windows hold the 10 that do; nothing that
    # fires lies between the percentiles 20 and 60.
    points = curve_of(((0, 100), (10, 100), (50, 100), (20, 60)), rates).points
    assert [(point.lower, point.features) for point in points] == [(0, 40), (10, 10)]


def test_percentiles_over_firing_features_only():
    rates = np.r_[np.zeros(30), np.arange(1.0, 11)]
    (point,) = curve_of(((50, 100),), rates, firing_only=True).points
    assert point.features == 5  # the median of 1..10 is 5.5


def test_random_subsets_follow_the_seed_and_not_the_other_windows():
    alone = curve_of(((30, 70),)).points[0]
    assert curve_of(((10, 90), (30, 70))).points[1] == alone
    other = curve_of(((30, 70),), seed=1).points[0]
    assert other.top1 == alone.top1
    assert other.random_top1_mean != alone.random_top1_mean


def test_real_digits_lose_little_while_few_features_go():
    images, labels = load_digits(return_X_y=True)
    rates = 100 * (images[:900] > 12).mean(axis=0)
    heard = []
    settings = CompressionSettings(windows=((0, 100), (10, 99), (50, 95)), random_subsets=2)
    curve = compression_curve(images[:900], labels[:900], images[900:], labels[900:], 10, rates, settings, heard.append)
    full, light, half = curve.points
    assert full.top1 > 0.88
    assert light.top1 > full.top1 - 0.05
    assert full.features > light.features > half.features
    assert curve.strength in LogisticRecipe().strengths
    assert heard[-1].done == heard[-1].total == 1 + 2 + 4 + 4
    json.dumps(curve.as_dict(), allow_nan=False)


def test_rates_of_another_encoder_are_refused():
    with pytest.raises(RepresentationError) as caught:
        curve_of(((0, 100),), np.ones(7))
    assert str(caught.value) == (
        "`rates`, `train_h` and `test_h` should have the same number of features. Found 7, 40 and 40."
    )


def test_settings_without_meaning_are_refused():
    with pytest.raises(SettingsError, match=r"^`random_subsets` should be at least 1\. Found 0\.$"):
        CompressionSettings(random_subsets=0)
    with pytest.raises(SettingsError, match=r"^`percentiles` should rise from 0 to 100\. Found 60 and 40;"):
        CompressionSettings(windows=((60, 40),))
