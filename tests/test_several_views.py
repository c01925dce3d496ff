"""Several views of an image: formulas by hand and as loops, made once, refused where they mean nothing."""

import json
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from lightly.loss.hypersphere_loss import HypersphereLoss
from small_inputs import small_encoder_file, write_pictures
from torch import from_numpy
from typer.testing import CliRunner

from qscore_core.cli import app
from qscore_core.errors import DatasetError, RepresentationError, SettingsError
from qscore_core.model_metrics import VIEW_METRICS, view_metrics
from qscore_core.model_metrics.views import alignment, lidar
from qscore_core.pipeline import Subject, representations_of
from qscore_core.several_views import ViewSettings, stored_views, views_of
from qscore_core.signals.views import augmentation_consistency
from qscore_core.workspace import Workspace

FEW = ViewSettings(views=3, images=10)


def crossed(means, offsets):
    """[image, view, feature]: every mean with every offset."""
    return np.array(means, float)[:, None] + np.array(offsets, float)


def test_consistency_and_alignment_by_hand():
    # Views (1, 0) and (0, 1): cosine 0, squared distance 2. (3, 0) and (5, 0) are the same direction: 1 and 0.
    h = np.array([[[1, 0], [0, 1]], [[3, 0], [5, 0]]], np.float32)
    assert augmentation_consistency(h) == pytest.approx([0, 1])
    assert alignment(h) == pytest.approx(1)


def test_lidar_by_hand():
    # Means (+-2, 0), (0, +-1): S_b = diag(2, 1/2). Views +-(1, 0), +-(0, 1) around them: S_w = diag(1/2, 1/2).
    # lambda = 4 and 1, shares 0.8 and 0.2: exp(-0.8 ln 0.8 - 0.2 ln 0.2) = exp(0.500402) = 1.649385.
    means = [(2, 0), (-2, 0), (0, 1), (0, -1)]
    assert lidar(crossed(means, [(1, 0), (-1, 0), (0, 1), (0, -1)])) == pytest.approx(1.649385, rel=1e-4)
    # Where views spread as the images do, S_w = S_b, both directions count alike.
    assert lidar(crossed(means, means)) == pytest.approx(2, rel=1e-3)


def test_formulas_equal_plain_loops():
    h = np.random.default_rng(0).random((12, 3, 5))
    unit = h / np.linalg.norm(h, axis=2, keepdims=True)
    pairs = [[unit[i, a] @ unit[i, b] for a, b in combinations(range(3), 2)] for i in range(12)]
    np.testing.assert_allclose(augmentation_consistency(h), np.mean(pairs, axis=1))
    apart = [((unit[i, a] - unit[i, b]) ** 2).sum() for i in range(12) for a, b in combinations(range(3), 2)]
    assert alignment(h) == pytest.approx(np.mean(apart))
    means = h.mean(axis=1)
    s_b = sum(np.outer(m - means.mean(axis=0), m - means.mean(axis=0)) for m in means) / 12
    s_w = sum(np.outer(h[i, v] - means[i], h[i, v] - means[i]) for i in range(12) for v in range(3)) / 36
    values, axes = np.linalg.eigh(s_w + 1e-4 * np.eye(5))
    root = axes @ np.diag(values**-0.5) @ axes.T
    found = np.linalg.eigvalsh(root @ s_b @ root)
    p = found / found.sum() + 1e-8
    assert lidar(h) == pytest.approx(np.exp(-sum(share * np.log(share) for share in p)))


def test_alignment_is_the_term_of_lightlys_loss():
    h = np.random.default_rng(1).random((20, 2, 6))
    first, second = from_numpy(h[:, 0]), from_numpy(h[:, 1])
    weighed = [
        float(HypersphereLoss(lam=lam, alpha=2)(first, second)) for lam in (0.0, 1.0)
    ]  # without, with uniformity
    assert alignment(h) == pytest.approx(weighed[0])


def test_views_that_never_differ_and_images_that_never_do():
    same = np.repeat(np.random.default_rng(2).random((8, 1, 4)), 3, axis=1)
    assert view_metrics(same)["alignment"] == pytest.approx(0, abs=1e-12)
    assert augmentation_consistency(same) == pytest.approx(np.ones(8))
    assert "lidar" not in view_metrics(np.zeros((8, 3, 4)))  # no share of nothing
    assert (augmentation_consistency(np.zeros((2, 3, 4))) == 0).all()


def test_every_metric_says_what_it_is_and_where_it_comes_from():
    assert all(metric.meaning.endswith(".") and metric.source and metric.title for metric in VIEW_METRICS)


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    """Two encoders' references, a labelled folder, a workspace."""
    folder = tmp_path_factory.mktemp("views")
    write_pictures(folder / "pictures", 24)
    for number, path in enumerate(sorted((folder / "pictures").rglob("*.png"))):
        path.rename(path.parents[1] / f"class{number % 3 % 2}" / f"moved{path.name}")  # classes that nobody can see
    encoders = [f"file:{small_encoder_file(folder, seed)}" for seed in (0, 1)]
    return encoders, f"folder:{folder / 'pictures'}", Workspace.at(folder / "workspace")


def rows_of(ready, split="test"):
    encoders, data, workspace = ready
    return representations_of(Subject(encoders[0], data, "cpu"), split, workspace).representations


def test_views_are_made_once_and_are_the_same_again(ready, tmp_path):
    found, workspace = rows_of(ready), ready[2]
    assert stored_views(found, workspace, FEW) is None
    seen = views_of(found, workspace, FEW, "cpu")
    assert seen.h.shape == (10, 3, 64)
    assert (np.diff(seen.places) > 0).all()
    again = views_of(found, Workspace.at(tmp_path), FEW, "cpu")  # nothing is kept there
    np.testing.assert_array_equal(seen.h, again.h)
    np.testing.assert_array_equal(stored_views(found, workspace, FEW).h, seen.h)
    assert not np.allclose(seen.h[:, 0], seen.h[:, 1])  # views differ
    own = np.asarray(found.matrix)[seen.places]
    unit = lambda h: h / np.linalg.norm(h, axis=-1, keepdims=True)  # noqa: E731
    likeness = unit(seen.h.mean(axis=1)) @ unit(own).T
    assert (np.argsort(-likeness, axis=1)[:, :5] == np.arange(10)[:, None]).any(axis=1).mean() > 0.5  # of this picture


def test_what_cannot_be_viewed_is_refused(ready):
    found, workspace = rows_of(ready), ready[2]
    with pytest.raises(SettingsError, match="Found 1 views"):
        ViewSettings(views=1)
    other = replace(found, about={**found.about, "fingerprint": "another"}, digest="other")
    with pytest.raises(RepresentationError, match="Found others"):
        views_of(other, workspace, FEW)
    with pytest.raises(DatasetError, match="an array brought in"):
        views_of(replace(found, about={}, digest="none"), workspace, FEW)


def run(ready, *words):
    done = CliRunner().invoke(app, [*words, "--workspace", str(ready[2].root), "--device", "cpu", "--json"])
    return done.exit_code, json.loads(done.stdout)


def test_evaluate_judges_augmentation_consistency(ready):
    encoders, data, workspace = ready
    words = ["evaluate", "--encoder", encoders[0], "--dataset", data, "--epsilon", "2", "--views", "2"]
    code, found = run(ready, *words, "--view-images", "5")
    assert code == 2
    assert "all 24 scored images" in found["error"]
    code, found = run(ready, *words)
    assert code == 0, found
    judged = {signal["name"]: signal["auroc"] for signal in found["signals"]}
    seen = stored_views(rows_of(ready), workspace, ViewSettings(2, 10_000))
    assert seen.h.shape[:2] == (24, 2)
    assert 0 <= judged["augmentation_consistency"] <= 1


def test_compare_tells_views_and_neighbourhoods_when_asked(ready):
    encoders, data, workspace = ready
    code, found = run(ready, "compare", *encoders, "--dataset", data, "--views", "2", "--neighbours")
    assert code == 0, found
    seen = stored_views(rows_of(ready, "train"), workspace, ViewSettings(2))
    assert found["rows"][0]["lidar"] == pytest.approx(lidar(seen.h))
    near = found["neighbourhood_consistency"]
    assert near["k"] == 2  # a tenth of 24 fit images
    assert near["pairs"] == [[1, pytest.approx(near["mean"])], [pytest.approx(near["mean"]), 1]]
    assert 0 < near["mean"] < 1
