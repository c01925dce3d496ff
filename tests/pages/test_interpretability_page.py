"""Heat against masks: measured on request, then shown; and what is said where it cannot be."""

import numpy as np
from small_inputs import small_encoder_file, write_pictures
from typer.testing import CliRunner

from qscore_core.cli import app as cli
from qscore_core.imported import ImportRequest, import_features
from qscore_core.workspace import Workspace

DATA = "habitats?count=120"


def align(app, encoder, epsilon):
    ask = ["align", "--encoder", encoder, "--dataset", DATA, "--split", "test", "--epsilon", epsilon]
    result = CliRunner().invoke(cli, [*ask, "--workspace", str(app.workspace)])
    assert result.exit_code == 0, result.output


def test_it_offers_to_measure_and_then_shows_overlaps_and_features(app):
    test = app.open("interpretability")
    assert not test.exception
    assert "Measure the overlap" in [button.label for button in test.button]
    epsilon = f"{test.slider(key='epsilon').value:g}"
    align(app, "habitats:simclr", epsilon)
    test = app.open("interpretability", metric="mass")
    assert not test.exception
    assert not test.error
    assert {"Heat inside, core", "Heat inside, spurious"} <= {metric.label for metric in test.metric}
    assert {header.value for header in test.subheader} >= {"Along the thresholds", "Features by what they look at"}
    groups = set(test.dataframe[0].value["group"])
    assert groups == {"all", "correct", "mis-classified"}
    assert any(text.value.startswith("**Feature ") for text in test.markdown)


def test_two_encoders_side_by_side_and_what_changed(app):
    align(app, "habitats:simclr", "auto")
    test = app.open("interpretability", part="Several encoders", many="habitats:simclr,habitats:moco")
    assert not test.exception
    assert "Measure the overlap of 1 encoder" in [button.label for button in test.button]
    assert len(test.dataframe[0].value) == 1  # what is there is shown meanwhile
    test = app.open("interpretability", part="Before and after", was="habitats:simclr", became="habitats:moco")
    assert "Measure the overlap of 1 encoder" in [button.label for button in test.button]
    align(app, "habitats:moco", "auto")
    test = app.open("interpretability", part="Several encoders", many="habitats:simclr,habitats:moco")
    assert not test.exception
    assert list(test.dataframe[0].value["encoder"]) == ["habitats:simclr", "habitats:moco"]
    assert {text.value for text in test.markdown} >= {"**`habitats:simclr`**", "**`habitats:moco`**"}
    test = app.open("interpretability", part="Before and after", was="habitats:simclr", became="habitats:moco")
    assert not test.exception
    changes = test.dataframe[0].value
    assert list(changes["change"].unique())[:2] == ["all", "wrong, then right"]
    assert any("No encoder of this workspace came out of" in text.value for text in test.info)
    test = app.open("interpretability", part="Before and after", was="habitats:simclr", became="habitats:simclr")
    assert "Choose two different encoders." in [text.value for text in test.info]


def test_a_link_cannot_open_a_file_outside_the_allowed_folders(app, tmp_path):
    outside = f"file:{small_encoder_file(tmp_path)}"
    test = app.open("interpretability", part="Several encoders", many=f"habitats:simclr,{outside}")
    assert not test.exception
    assert any("lies outside the folders that this server opens" in error.value for error in test.error)


def test_pictures_without_masks_are_told(empty_app, tmp_path):
    empty_app.workspace.mkdir()
    write_pictures(tmp_path / "plain", 12)
    data = f"folder:{tmp_path / 'plain'}"
    encoder = f"file:{small_encoder_file(empty_app.workspace)}"
    ask = ["score", "--encoder", encoder, "--dataset", data, "--epsilon", "2", "--workspace", str(empty_app.workspace)]
    assert CliRunner().invoke(cli, ask).exit_code == 0
    test = empty_app.open("interpretability", data=data, encoder=encoder)
    assert not test.exception
    assert any("has no masks, so heat cannot be compared with them" in text.value for text in test.info)


def test_an_array_without_pictures_is_told(empty_app, tmp_path):
    array = tmp_path / "h.npy"
    np.save(array, np.maximum(np.random.default_rng(0).standard_normal((200, 256)) ** 3, 0).astype(np.float32))
    import_features(ImportRequest(array, "mine", "all"), Workspace.at(empty_app.workspace))
    test = empty_app.open("interpretability", data="features:mine")
    assert not test.exception
    assert any("is an array brought in" in text.value for text in test.info)
