"""What each page says where there is nothing yet, and where the data or the encoder cannot be opened."""

import re

import pytest
from conftest import serving
from hands import settled, told_by
from playwright.sync_api import expect

from pages.ui.menu import PAGES

TRACES = re.compile(r"Traceback \(most recent|\b\w+Error\b: |File \".*\", line \d+")
NOT_YET = "Compute representations"
CHANGE = "Change the encoder or the data in the sidebar"
BESIDE = "sidebar:"  # before words that stand there and not on the page itself
# What to do, on pages that do not do as most.
EMPTY = {
    "encoders": "Choose one: click its row",
    "compare": "Choose at least two encoders",
    "jobs": "Choose an encoder and data in the sidebar and open Start",
    "lab": "Each step has something to do in the app",
}
NO_DATA = {
    "encoders": BESIDE + "should name a folder of images",
    "compare": "Choose another encoder or other data",
    "jobs": BESIDE + "should name a folder of images",
    "lab": BESIDE + "should name a folder of images",
}
NO_ENCODER = {"encoders": "Expected weights as .safetensors", "compare": "Expected weights as .safetensors"}
NO_ENCODER |= {name: EMPTY[name] for name in ("jobs", "lab")}


@pytest.fixture(scope="module")
def empty_server(tmp_path_factory):
    """The app on a workspace in which nothing was ever done."""
    with serving(tmp_path_factory.mktemp("empty"), tmp_path_factory.getbasetemp()) as address:
        yield address


def walk(server, page, address, usual, instead):
    """Opens every page in both themes; each must say what to do, and complain of nothing nobody can read."""
    told = told_by(page, server)
    for entry in PAGES:
        page.emulate_media(color_scheme="light")
        page.goto(f"{server}/{entry.path}?{address}")
        words = instead.get(entry.name, usual)
        place = page.get_by_test_id("stSidebar" if words.startswith(BESIDE) else "stMain")
        shown = place.get_by_text(words.removeprefix(BESIDE)).or_(place.get_by_role("button", name=words)).first
        for scheme, dark in (("light", False), ("dark", True)):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function(IN_THEME, arg=dark)
            expect(shown).to_be_visible()
            settled(page)
            expect(page.get_by_test_id("stException")).to_have_count(0)
            assert not TRACES.search(page.locator("body").inner_text()), entry.title
            assert told == [], entry.title


# Whether the background of the page is dark.
IN_THEME = """(dark) => {
  const colour = getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor;
  const [red, green, blue] = colour.match(/[\\d.]+/g).map(Number);
  return (red + green + blue < 384) === dark;
}"""

# Contrast of words on what is behind them, as WCAG 2 reckons it: from 1 to 21, and at least 4.5 for words of this size.
CONTRAST = r"""(button) => {
  const light = (colour) => colour.match(/[\d.]+/g).slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const words = button.querySelector('p') ?? button;
  const pair = [light(getComputedStyle(words).color), light(getComputedStyle(button).backgroundColor)].sort();
  return (pair[1] + 0.05) / (pair[0] + 0.05);
}"""


@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
def test_words_on_the_strongest_colour_can_be_read(empty_server, page):
    page.goto(f"{empty_server}/compare?encoder=habitats:byol&data=habitats?count=60&compared=habitats:byol")
    assert page.locator("[data-tag]").first.evaluate(CONTRAST) >= 4.5
    page.goto(f"{empty_server}/lab?data=habitats?count=60")
    assert page.get_by_test_id("stBaseButton-primary").first.evaluate(CONTRAST) >= 4.5


def test_an_empty_workspace_says_on_every_page_how_to_begin(empty_server, page):
    walk(empty_server, page, "encoder=habitats:byol&data=habitats?count=60", NOT_YET, EMPTY)


def test_a_folder_that_is_not_there_is_said_on_every_page(empty_server, page, tmp_path):
    walk(empty_server, page, f"data=folder:{tmp_path / 'absent'}", CHANGE, NO_DATA)
    expect(page.get_by_text(f"Found nothing there: {tmp_path / 'absent'}").first).to_be_visible()


def test_an_encoder_file_that_is_none_is_said_on_every_page(empty_server, page, tmp_path):
    broken = tmp_path / "broken.pth"
    broken.write_text("not a checkpoint")
    address = f"encoder=file:{broken}&data=habitats?count=60&from=File on this machine&file={broken}"
    walk(empty_server, page, f"{address}&compared=file:{broken},habitats:byol", CHANGE, NO_ENCODER)
