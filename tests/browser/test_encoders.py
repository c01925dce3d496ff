"""A checkpoint of one's own, from its path to its first numbers."""

import re

import numpy as np
import pytest
import torch
from hands import choose, settled
from PIL import Image
from playwright.sync_api import expect
from torchvision.models import resnet18


@pytest.fixture
def pictures(tmp_path):
    """64 small pictures in a folder."""
    rng = np.random.default_rng(0)
    for number in range(64):
        path = tmp_path / "pictures" / f"{number:03d}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(rng.integers(0, 255, (32, 40, 3), dtype=np.uint8)).save(path)
    return tmp_path / "pictures"


@pytest.fixture
def checkpoint(tmp_path):
    """A ResNet-18 with a CIFAR stem, as a training script of one's own saves it."""
    network = resnet18()
    network.conv1 = torch.nn.Conv2d(3, 64, 3, bias=False)
    path = tmp_path / "mine.pth"
    torch.save({"epoch": 7, "state_dict": network.state_dict()}, path)
    return path


def test_load_a_file_read_the_report_fix_an_override_and_try_it(server, page, pictures, checkpoint):
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{server}/encoders?data=folder:{pictures}")
    page.get_by_text("File on this machine").click()
    page.get_by_label("Path", exact=True).fill(str(checkpoint))
    page.keyboard.press("Enter")

    expect(page.get_by_text("Kept (120)")).to_be_visible()
    expect(page.get_by_text("Left in the file (3)")).to_be_visible()
    expect(page.get_by_text("resnet18-cifar-stem")).to_be_visible()
    page.get_by_text("Left in the file (3)").click()
    expect(page.get_by_text("fc.weight")).to_be_visible()

    page.get_by_text("Put right what the file cannot say").click()
    expect(page.get_by_role("combobox", name="Stem padding")).to_be_visible()
    settled(page)  # what still unfolds closes a list
    choose(page, "Stem padding", re.compile("^2"))
    reference = f"file:{checkpoint}?padding=2"
    expect(page.get_by_text(reference)).to_be_visible()
    expect(page.get_by_role("img", name="After resize and crop")).to_be_visible()

    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("Images a second")).to_be_visible(timeout=90_000)
    expect(page.get_by_text("Negative")).to_be_visible()
    assert errors == []
    assert [url for url in asked if not url.startswith((server, "data:", "blob:"))] == []

    page.get_by_role("button", name="Use this encoder").click()
    expect(page).to_have_url(re.compile(re.escape("padding%3D2")))
    expect(page.get_by_text("Not computed yet")).to_be_visible()
