"""Heat against masks: measured on request, then shown; and what is said where it cannot be."""

import numpy as np
from typer.testing import CliRunner

from qscore_core.cli import app as cli
from qscore_core.imported import ImportRequest, import_features
from qscore_core.workspace import Workspace

DATA = "habitats?count=120"


def test_it_offers_to_measure_and_then_shows_overlaps_and_features(app):
    test = app.open("interpretability")
    assert not test.exception
    assert "Measure the overlap" in [button.label for button in test.button]
    epsilon = f"{test.slider(key='epsilon').value:g}"
    ask = ["align", "--encoder", "habitats:simclr", "--dataset", DATA, "--split", "test", "--epsilon", epsilon]
    result = CliRunner().invoke(cli, [*ask, "--workspace", str(app.workspace)])
    assert result.exit_code == 0, result.output
    test = app.open("interpretability", metric="mass")
    assert not test.exception
    assert not test.error
    assert {"Heat inside, core", "Heat inside, spurious"} <= {metric.label for metric in test.metric}
    assert {header.value for header in test.subheader} >= {"Along the thresholds", "Features by what they look at"}
    groups = set(test.dataframe[0].value["group"])
    assert groups == {"all", "correct", "mis-classified"}
    assert any(text.value.startswith("**Feature ") for text in test.markdown)


def test_an_array_without_pictures_is_told(empty_app, tmp_path):
    array = tmp_path / "h.npy"
    np.save(array, np.maximum(np.random.default_rng(0).standard_normal((200, 256)) ** 3, 0).astype(np.float32))
    import_features(ImportRequest(array, "mine", "all"), Workspace.at(empty_app.workspace))
    test = empty_app.open("interpretability", data="features:mine")
    assert not test.exception
    assert any("is an array brought in" in text.value for text in test.info)
