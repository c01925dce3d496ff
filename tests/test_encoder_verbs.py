"""`encoders --search`, `fetch` and `try` on the command line."""

import json

import pytest
import torch
from encoder_trial_inputs import picture_folder
from torchvision.models import resnet18
from typer.testing import CliRunner

from qscore_core.cli import app
from qscore_core.jobs.request import make_request

NAME = "spijkervet/resnet18_100ep"


@pytest.fixture
def run(workspace):
    def invoke(*words):
        return CliRunner().invoke(app, [*words, "--workspace", str(workspace.root), "--json"])

    return invoke


@pytest.fixture
def checkpoint(tmp_path):
    tensors = {key: value for key, value in resnet18().state_dict().items() if not key.startswith("fc.")}
    torch.save({f"encoder.{key}": value for key, value in tensors.items()}, tmp_path / "mine.tar")
    return tmp_path / "mine.tar"


def test_encoders_can_be_searched(run):
    found = json.loads(run("encoders", "--search", "imagenet-1k swav 800", "--method", "swav").stdout)
    assert [row["ref"] for row in found] == ["catalog:swav/swav_800ep_pretrain", "catalog:vissl/swav_rn50_800ep"]
    assert set(found[0]) == {"ref", "method", "arch", "dim", "source", "available", "about"}
    assert not found[0]["available"]


def test_a_file_at_hand_is_brought_and_then_available(run, checkpoint):
    done = run("fetch", f"catalog:{NAME}", "--file", str(checkpoint))
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert set(told) == {"ref", "path", "source", "bytes", "sha256", "checked"}
    assert told["source"] == str(checkpoint)
    assert json.loads(run("fetch", NAME).stdout) == told  # without a network: it is there
    assert json.loads(run("encoders", "--search", NAME).stdout)[0]["available"]


def test_a_failed_download_is_one_sentence(run, monkeypatch):
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")  # nobody listens there
    done = run("fetch", "swav/swav_800ep_pretrain")
    assert done.exit_code == 1
    assert "swav_800ep_pretrain.pth.tar cannot be reached: no network" in json.loads(done.stdout)["error"]
    assert "under CC BY-NC 4.0" in done.stderr


def test_names_that_are_none_are_explained(run, checkpoint):
    assert "Did you mean `catalog:swav/" in run("fetch", "swav/swav_80ep").output
    assert "`--file` goes with names of the catalog" in run("fetch", "hub:a/b", "--file", str(checkpoint)).output


def test_try_prints_what_a_few_images_show(run, checkpoint, tmp_path):
    pictures = picture_folder(tmp_path, 6)
    done = run("try", "--encoder", f"file:{checkpoint}", "--dataset", f"folder:{pictures}", "--images", "4")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["images"], told["dim"]) == (4, 512)
    shown = {"images_per_second", "zero_share", "negative_share", "mean_active", "seconds_for_all", "warnings"}
    assert shown <= set(told)
    assert "`try` needs an encoder and pictures" in run("try", "--encoder", "x", "--dataset", "features:a").output


def test_a_download_waits_for_the_network_and_for_no_device():
    request = make_request("fetch", [NAME])
    assert (request.device, request.occupies) == ("network", ("network",))
