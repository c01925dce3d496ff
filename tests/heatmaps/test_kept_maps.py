"""Feature maps in the workspace: the network's own, found again, resumed, and honest about pictures that are none."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from map_inputs import patch_encoder
from small_inputs import small_encoder_file, spoil, write_pictures

from qscore_core.datasets import open_dataset, read_image
from qscore_core.encoders import load_encoder
from qscore_core.errors import DatasetError, EncoderError, WorkspaceError
from qscore_core.heatmaps import Feature, FeaturesOfEach, feature_maps, heat_maps, kept, kept_maps
from qscore_core.workspace import is_whole

ROWS = [7, 2, 30, 11]


@pytest.fixture
def subject(tmp_path, workspace):
    write_pictures(tmp_path / "pictures", 40, splits=("test",))
    dataset = open_dataset(f"folder:{tmp_path / 'pictures'}", "test", workspace=workspace)
    return load_encoder(f"file:{small_encoder_file(tmp_path)}", workspace=workspace), dataset


def network_input(encoder, dataset, rows):
    pictures = [encoder.transform.geometry(read_image(dataset.table["path"][row])) for row in rows]
    return encoder.transform.normalize(torch.from_numpy(np.stack(pictures)))


def test_they_are_the_network_s_maps_in_the_order_asked_for(subject, workspace):
    encoder, dataset = subject
    found = kept_maps(encoder, dataset, ROWS, workspace)
    expected = feature_maps(encoder, network_input(encoder, dataset, ROWS))
    assert found.maps.dtype == np.float16
    assert found.ids == tuple(dataset.table["id"].iloc[ROWS])
    torch.testing.assert_close(torch.from_numpy(found.maps.astype(np.float32)), expected, rtol=1e-3, atol=1e-3)


def test_maps_drawn_from_them_are_the_closed_form(subject, workspace):
    encoder, dataset = subject
    found = kept_maps(encoder, dataset, ROWS, workspace)
    pixels = network_input(encoder, dataset, ROWS)
    chosen = np.random.default_rng(0).random((2, 64)) < 0.2
    expected = heat_maps(encoder, pixels[[3, 0]], FeaturesOfEach(torch.from_numpy(chosen)), "closed_form")
    np.testing.assert_allclose(found.combined([3, 0], chosen), expected, rtol=2e-3, atol=2e-3)
    single = found.of_features(1, np.array([5, 9]))
    for feature, heat in zip((5, 9), single, strict=True):
        expected = heat_maps(encoder, pixels[1:2], Feature(feature), "closed_form")[0]
        np.testing.assert_allclose(heat, expected, rtol=2e-3, atol=2e-3)


def test_they_are_found_again_until_something_differs(subject, workspace, monkeypatch):
    encoder, dataset = subject
    first = kept_maps(encoder, dataset, ROWS, workspace)
    with monkeypatch.context() as patch:
        patch.setattr(kept, "feature_maps", None)  # a second time no network is needed
        assert kept_maps(encoder, dataset, ROWS, workspace).folder == first.folder
    others = [
        kept_maps(encoder, dataset, ROWS[::-1], workspace),
        kept_maps(replace(encoder, fingerprint="other"), dataset, ROWS, workspace),
        kept_maps(replace(encoder, transform=replace(encoder.transform, resize=32)), dataset, ROWS, workspace),
        kept_maps(encoder, replace(dataset, digest="other"), ROWS, workspace),
    ]
    assert len({first.folder, *(other.folder for other in others)}) == 5


def test_an_interrupted_run_goes_on_to_the_same_bytes(subject, workspace, monkeypatch):
    encoder, dataset = subject
    rows = list(range(40))
    monkeypatch.setattr(kept, "BATCH", 8)
    whole = (kept_maps(encoder, dataset, rows, workspace).folder / kept.MAPS).read_bytes()
    other, seen = replace(encoder, fingerprint="the same, made in two parts"), []

    def stop(encoder, pixels):
        seen.append(len(pixels))
        if len(seen) == 4:
            raise KeyboardInterrupt
        return feature_maps(encoder, pixels)

    with monkeypatch.context() as patch:
        patch.setattr(kept, "feature_maps", stop)
        with pytest.raises(KeyboardInterrupt):
            kept_maps(other, dataset, rows, workspace)
    assert seen == [1, 8, 8, 8]
    unfinished = [folder for folder in (workspace.root / kept.KIND).iterdir() if not is_whole(folder)]
    assert [(folder / kept.MAPS).stat().st_size for folder in unfinished] == [len(whole) * 16 // 40]
    resumed = kept_maps(other, dataset, rows, workspace)
    assert (resumed.folder / kept.MAPS).read_bytes() == whole
    assert {file.name for file in resumed.folder.iterdir()} == {".lock", kept.MAPS, "manifest.json"}


def test_pictures_that_cannot_be_read_are_listed(subject, workspace, tmp_path):
    encoder, dataset = subject
    spoil(tmp_path / "pictures" / dataset.table["id"][2], "text")
    found = kept_maps(encoder, dataset, ROWS, workspace)
    assert found.ids == tuple(dataset.table["id"].iloc[[7, 30, 11]])
    assert [
        (one.id, one.reason.endswith("it is not an image, or in a format that Pillow does not know."))
        for one in found.skipped
    ] == [(dataset.table["id"][2], True)]
    expected = feature_maps(encoder, network_input(encoder, dataset, [7, 30, 11]))
    torch.testing.assert_close(torch.from_numpy(found.maps.astype(np.float32)), expected, rtol=1e-3, atol=1e-3)


def test_what_cannot_be_kept_is_said(subject, workspace, tmp_path, monkeypatch):
    encoder, dataset = subject
    with pytest.raises(EncoderError, match=r"has no map whose mean is h; maps of its features need a ResNet\.$"):
        kept_maps(patch_encoder(), dataset, ROWS, workspace)
    with monkeypatch.context() as patch:
        patch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 10}))
        with pytest.raises(WorkspaceError, match=r"needs 2\.0 kB for the feature maps and 10 bytes are free\."):
            kept_maps(encoder, dataset, ROWS, workspace)
    for path in (tmp_path / "pictures").rglob("*.png"):
        spoil(path, "empty")
    with pytest.raises(
        DatasetError, match=r"^No image could be used for feature maps\. The first of 4: .* is empty\.$"
    ):
        kept_maps(encoder, dataset, ROWS, workspace)


def test_values_beyond_float16_are_kept_as_the_largest_it_has(subject, workspace, monkeypatch):
    encoder, dataset = subject
    huge = lambda encoder, pixels: 1e6 * feature_maps(encoder, pixels)  # noqa: E731
    monkeypatch.setattr(kept, "feature_maps", huge)
    found = kept_maps(encoder, dataset, ROWS, workspace)
    assert found.maps.max() == np.finfo(np.float16).max
