"""The Encoders page: find an encoder, read the report on it, put it right, try it, use it."""

from pathlib import Path

import pytest
import torch
import torchvision
from job_process import in_state, until

from qscore_core.encoders.catalog import adopt, published_encoders
from qscore_core.jobs import list_jobs
from qscore_core.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
NAME = "swav/swav_800ep_pretrain"


def texts(elements):
    return " ".join(element.value for element in elements)


def button(test, label):
    return next(button for button in test.button if button.label == label)


def metrics(test):
    return {metric.label: metric.value for metric in test.metric}


@pytest.fixture
def checkpoint(ready_workspace):
    """A ResNet-18 as torchvision saves it, in a folder that the server opens."""
    path = ready_workspace / "mine.pth"
    torch.save(torchvision.models.resnet18().state_dict(), path)
    return path


def test_with_nothing_chosen_it_lists_the_published_ones(empty_app):
    test = empty_app.open("encoders")
    assert not test.exception
    assert not test.error
    shown = test.dataframe[0].value
    assert len(shown) == len(published_encoders().entries)
    assert set(shown["here"]) == {""}
    test.text_input(key="catalog_words").set_value("vissl 800 epochs").run()
    assert set(test.dataframe[0].value["method"]) == {"simclr", "swav"}
    test.text_input(key="catalog_words").set_value("nothing like it").run()
    assert "No published encoder has all of these words" in texts(test.info)


def test_a_published_encoder_can_be_downloaded_or_brought(empty_app):
    test = empty_app.open("encoders", catalog=NAME)
    assert not test.exception
    assert "linear top-1 **75.3 %** on ImageNet-1k" in texts(test.markdown)
    assert "CC BY-NC 4.0" in texts(test.markdown)
    assert "No file of this catalog was opened" in texts(test.markdown)
    assert {"Download", "Copy it into the workspace"} <= {button.label for button in test.button}
    assert list_jobs(Workspace.at(empty_app.workspace)) == []
    brought = empty_app.open("encoders", catalog="tonylins/resnet50-1x")
    assert "Download" not in {button.label for button in brought.button}
    assert "This file cannot be downloaded from here. Run the converter" in texts(brought.info)


def test_a_download_that_cannot_be_made_says_why(empty_app, monkeypatch):
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # nobody listens there
    test = empty_app.open("encoders", catalog=NAME)
    button(test, "Download").click().run()
    workspace = Workspace.at(empty_app.workspace)
    until(workspace, list_jobs(workspace)[0], in_state("failed"))
    test.run()
    assert "cannot be reached: no network" in texts(test.error)
    assert "If you have the file, give it with `--file PATH`." in texts(test.error)


def test_a_file_that_is_at_hand_is_copied_in(empty_app, tmp_path):
    workspace = Workspace.at(empty_app.workspace)
    mine = workspace.root / "mine.pth"
    torch.save({"module.conv1.weight": torch.zeros(64, 3, 7, 7)}, mine)
    test = empty_app.open("encoders", catalog=NAME)
    test.text_input(key=f"own_{NAME}").set_value(str(tmp_path / "elsewhere" / "mine.pth")).run()
    button(test, "Copy it into the workspace").click().run()
    assert "lies outside the folders that this server opens" in texts(test.error)
    test.text_input(key=f"own_{NAME}").set_value(str(mine)).run()
    button(test, "Copy it into the workspace").click().run()
    until(workspace, list_jobs(workspace)[0], in_state("done"))
    test.run()
    # A part of a network is reported by its content, not refused by its name.
    assert "holds no" in texts(test.error)


def test_the_report_on_a_file_and_an_override(app, checkpoint):
    test = app.open("encoders", **{"from": "File on this machine", "file": str(checkpoint)})
    assert not test.exception
    assert not test.error
    assert "**resnet18** · method **unknown** · **512** features" in texts(test.markdown)
    assert "**120** kept" in texts(test.markdown)
    assert {"Kept (120)", "Left in the file (2)"} <= {expander.label for expander in test.expander}
    assert "mean 0.485, 0.456, 0.406, deviation 0.229, 0.224, 0.225" in texts(test.markdown)
    test.selectbox(key="override_normalize").set_value("none").run()
    assert next(one for one in test.expander if "Put right" in one.label).proto.expanded is False
    assert f"file:{checkpoint}?normalize=none" in [code.value for code in test.code]
    assert "values 0 to 1, not normalised" in texts(test.markdown)
    test.selectbox(key="override_crop").set_value("518").run()
    assert "`crop` should not exceed `resize`" in texts(test.error)


def test_a_file_that_does_not_fit_is_reported_before_it_is_loaded(app, checkpoint):
    tensors = torch.load(checkpoint)
    del tensors["layer4.1.bn2.weight"]
    torch.save(tensors, checkpoint)
    test = app.open("encoders", **{"from": "File on this machine", "file": str(checkpoint)})
    assert not test.exception
    assert "It does not fill the network exactly" in texts(test.error)
    assert next(one for one in test.expander if "Put right" in one.label).proto.expanded is True
    assert "Missing: the network needs these, the file has none (1)" in [expander.label for expander in test.expander]


def test_files_elsewhere_stay_closed(app, tmp_path, monkeypatch):
    monkeypatch.setenv("QSCORE_FOLDERS", str(app.workspace))
    test = app.open("encoders", **{"from": "File on this machine", "file": str(tmp_path / "x.pth")})
    assert not test.exception
    assert "lies outside the folders that this server opens" in texts(test.error)
    test = app.open("start", encoder=f"file:{tmp_path / 'x.pth'}")
    assert "lies outside the folders that this server opens" in texts(test.error)


def test_a_catalog_encoder_at_hand_is_tried_and_used(app):
    workspace = Workspace.at(app.workspace)
    name, mine = "spijkervet/resnet18_100ep", app.workspace / "checkpoint_100.tar"
    network = torchvision.models.resnet18().state_dict()
    tensors = {f"encoder.{key}": value for key, value in network.items() if not key.startswith("fc.")}
    torch.save({**tensors, "projector.0.weight": torch.zeros(512, 512)}, mine)
    adopt(published_encoders().find(name), mine, workspace)
    test = app.open("encoders", catalog=name)
    assert not test.exception
    assert not test.error
    assert "method **simclr**" in texts(test.markdown)
    assert "the centre of 96 pixels, values 0 to 1, not normalised" in texts(test.markdown)
    button(test, "Try it").click().run()
    job = until(workspace, list_jobs(workspace)[0], in_state("done"), seconds=240)
    assert job.result["images"] == 64
    test.run()
    assert {"Images a second", "Zero", "Negative", "Highly active"} <= set(metrics(test))
    button(test, "Use this encoder").click().run()
    assert not test.exception
    assert test.session_state["encoder"] == f"catalog:{name}"


def test_a_hub_name_that_is_none_is_explained(app):
    test = app.open("encoders", **{"from": "Model hub", "hub": "resnet18"})
    assert not test.exception
    assert "should name a repository of the Hugging Face hub" in texts(test.error)


def test_without_pictures_the_rest_of_the_page_works(app, checkpoint):
    test = app.open("encoders", data="folder:/nowhere", **{"from": "File on this machine", "file": str(checkpoint)})
    assert not test.exception
    assert "**resnet18**" in texts(test.markdown)
    assert "Choose pictures above to see what becomes of them." in texts(test.info)


def test_the_pictures_are_named_and_can_be_changed_beside_the_report(app, checkpoint):
    test = app.open("encoders", **{"from": "File on this machine", "file": str(checkpoint)})
    assert test.selectbox(key="encoder_pictures").value == "habitats?count=120"
    assert "A picture of `habitats?count=120`, split `test`." in [text.value for text in test.caption]
    test.selectbox(key="encoder_pictures").set_value("habitats").run()
    assert not test.exception
    assert test.session_state["data"] == test.selectbox(key="data").value == "habitats"


def test_the_settings_of_other_pages_outlast_a_visit(app):
    test = app.open("features", epsilon="3.5", lower="25", upper="75")
    test.switch_page(str(ROOT / "pages" / "encoders.py")).run()
    assert not test.exception
    test.switch_page(str(ROOT / "pages" / "features.py")).run()
    assert not test.exception
    assert test.slider(key="epsilon").value == 3.5
    assert test.slider(key="band").value == (25.0, 75.0)
