"""An encoder and pictures of one's own, in one go: from two paths to the low-Q images."""

import io
import re

import numpy as np
import pytest
import torch
from hands import settled, told_by
from PIL import Image
from playwright.sync_api import expect
from torchvision.models import resnet18

from qscore_core.datasets.habitats import draw_picture

COUNT = {"train": 60, "test": 30}


@pytest.fixture
def photographs(tmp_path):
    """PNG files, a folder a split and in it a folder a class."""
    for split, count in COUNT.items():
        for number in range(count):
            picture = draw_picture(split, number)
            path = tmp_path / "photographs" / split / picture.causes.class_ / f"{number:03d}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(picture.image).save(path)
    return tmp_path / "photographs"


@pytest.fixture
def checkpoint(tmp_path):
    """A ResNet-18 as torchvision lays it out, saved as a training script of one's own saves it."""
    torch.manual_seed(0)
    path = tmp_path / "mine.pth"
    torch.save(resnet18().state_dict(), path)
    return path


def name_the_encoder(page, path):
    page.get_by_role("link", name="Encoders").first.click()
    page.get_by_text("File on this machine").click()
    page.get_by_label("Path", exact=True).fill(str(path))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kept (120)")).to_be_visible()
    settled(page)


def name_the_data(page, folder):
    field = page.get_by_role("combobox", name="Data")
    field.click()
    field.fill(f"folder:{folder}")
    field.press("Enter")
    expect(page).to_have_url(re.compile("data=folder"))
    settled(page)


def served_picture(page, card):
    """What the server sends for a card, and the file that the card says it is of."""
    image = card.locator("img")
    answer = page.request.get(image.evaluate("image => image.src"))
    return Image.open(io.BytesIO(answer.body())).convert("RGB"), image.get_attribute("alt")


def test_own_encoder_and_own_pictures_lead_to_own_low_q_images(server, page, photographs, checkpoint):
    told = told_by(page, server)
    page.goto(f"{server}/jobs")  # a page that does no work by itself
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
    name_the_encoder(page, checkpoint)
    name_the_data(page, photographs)
    expect(page.get_by_role("img", name="After resize and crop")).to_be_visible()
    page.get_by_role("button", name="Use this encoder").click()
    expect(page.get_by_text(f"Not computed yet: file:{checkpoint} on folder:{photographs}")).to_be_visible()
    page.get_by_role("button", name="Compute representations").click()
    expect(page.get_by_text("Lowest Q-Scores")).to_be_visible(timeout=280_000)
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(str(COUNT["test"]))

    page.get_by_role("link", name="Low-Q images").first.click()
    expect(page.get_by_text(f"1 to 24 of {COUNT['test']} shown")).to_be_visible()
    settled(page)
    cards = page.locator(".card")
    expect(cards).to_have_count(24)
    scores = [float(words.removeprefix("Q ")) for words in cards.locator(".note").all_inner_texts()]
    assert scores == sorted(scores)
    seen = set()
    for number in (0, 11, 23):
        shown, words = served_picture(page, cards.nth(number))
        file = photographs / re.search(r"Picture (test/\S+\.png)", words).group(1)
        own = Image.open(file).convert("RGB").resize(shown.size, Image.Resampling.BILINEAR)
        assert np.abs(np.asarray(shown, float) - np.asarray(own, float)).mean() < 12, file  # JPEG, another resampling
        assert file.parent.name in cards.nth(number).inner_text()
        seen.add(file)
    assert len(seen) == 3
    assert told == []
