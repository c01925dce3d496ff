"""Maps: components as an outside library finds them, samples that keep shares, results that are kept."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from typer.testing import CliRunner

from qscore_core.cli import app
from qscore_core.errors import RepresentationError, SettingsError
from qscore_core.imported import ImportRequest, import_features
from qscore_core.projection import PCA_SETTINGS, UMAP_SETTINGS, ProjectionSettings, project, stored_projection
from qscore_core.projection.sampling import stratified_rows


def blobs(images=90, dim=24, seed=0):
    """Three clouds around their own directions."""
    rng = np.random.default_rng(seed)
    centres = 4 * rng.random((3, dim))
    return (centres[np.arange(images) % 3] + rng.random((images, dim))).astype(np.float32)


@pytest.fixture
def stored(workspace, tmp_path):
    """Imports an array with the class of each row."""

    def bring(array, name="blobs"):
        np.save(tmp_path / "h.npy", array)
        (tmp_path / "labels.txt").write_text("".join(f"{row % 3}\n" for row in range(len(array))))
        return import_features(
            ImportRequest(tmp_path / "h.npy", name, labels=tmp_path / "labels.txt"), workspace=workspace
        )

    return bring


def test_pca_agrees_with_scikit_learn(stored, workspace):
    array = blobs()
    found = project(stored(array), PCA_SETTINGS, workspace)
    unit = array / np.linalg.norm(array, axis=1, keepdims=True)
    other = PCA(2, svd_solver="full").fit(unit)
    expected = other.transform(unit)
    signs = np.sign((found.xy * expected).sum(axis=0))
    assert np.allclose(found.xy, signs * expected, atol=1e-5)
    assert np.allclose(found.about["shares"], other.explained_variance_ratio_, rtol=1e-5)


def test_components_of_a_part_of_the_images_lay_out_all(stored, workspace):
    settings = ProjectionSettings(fitted_on=30)
    found = project(stored(blobs()), settings, workspace)
    assert len(found.xy) == 90
    assert "components found on 30 images" in found.in_words()


def test_a_map_is_made_once(stored, workspace):
    representations = stored(blobs())
    assert stored_projection(representations, PCA_SETTINGS, workspace) is None
    first = project(representations, PCA_SETTINGS, workspace)
    again = stored_projection(representations, PCA_SETTINGS, workspace)
    assert np.array_equal(first.xy, again.xy)
    assert again.in_words() == first.in_words()
    assert stored_projection(representations, ProjectionSettings(seed=1), workspace) is None


def test_two_features_and_rows_of_zeros_have_a_map(stored, workspace):
    found = project(stored(np.array([[0, 0], [1, 0], [0, 2], [3, 3]], np.float32)), PCA_SETTINGS, workspace)
    assert found.xy.shape == (4, 2)
    assert np.isfinite(found.xy).all()


def test_umap_parts_what_is_apart_and_is_the_same_again(stored, workspace):
    representations = stored(blobs())
    settings = ProjectionSettings("umap", most=60, neighbours=8)
    found = project(representations, settings, workspace)
    assert found.rows.shape == (60,)
    assert found.sampled
    assert "60 of 90 images" in found.in_words()
    group = found.rows % 3
    centres = np.stack([found.xy[group == g].mean(axis=0) for g in range(3)])
    nearest = ((found.xy[:, None] - centres) ** 2).sum(-1).argmin(1)
    assert (nearest == group).mean() > 0.95
    from qscore_core.projection.umap_layout import umap_layout

    line = blobs(images=40)
    assert np.array_equal(umap_layout(line, settings), umap_layout(line, settings))


def test_umap_of_a_handful_is_refused(stored, workspace):
    with pytest.raises(RepresentationError, match="Found 6; PCA shows them"):
        project(stored(blobs(6)), UMAP_SETTINGS, workspace)


@pytest.mark.parametrize("wrong", [{"method": "tsne"}, {"neighbours": 1}, {"min_dist": 2.0}, {"most": 1}])
def test_settings_that_mean_nothing_are_refused(wrong):
    with pytest.raises(SettingsError):
        ProjectionSettings(**wrong)


@given(st.lists(st.integers(-1, 4), min_size=1, max_size=200), st.integers(1, 60), st.integers(0, 3))
def test_a_sample_keeps_every_label_s_share(labels, most, seed):
    labels = np.array(labels)
    rows = stratified_rows(labels, most, seed)
    assert len(rows) == min(most, len(labels))
    assert (np.diff(rows) > 0).all()
    for label in np.unique(labels):
        due = len(rows) * (labels == label).mean()
        assert abs((labels[rows] == label).sum() - due) <= 1


def test_the_verb_writes_places_beside_ids(stored, workspace, tmp_path):
    stored(blobs())
    words = ["project", "--dataset", "features:blobs", "--method", "pca", "--out", tmp_path / "map.csv", "--json"]
    result = CliRunner().invoke(app, [*map(str, words), "--workspace", str(workspace.root)])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["shown"] == 90
    table = pd.read_csv(tmp_path / "map.csv")
    assert table.columns.tolist() == ["id", "path", "label", "split", "x", "y"]
    assert len(table) == 90
