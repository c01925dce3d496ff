"""Comparing three built-in encoders by hand: lasso, one image, export, and a report that opens without a network."""

import csv
import re

import pytest
from playwright.sync_api import expect

DATA = "habitats?count=150"
ENCODERS = ("habitats:simclr", "habitats:byol", "habitats:vicreg")


def settled(page):
    """Waits until the page's script has run and its controls answer."""
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible()
    page.wait_for_timeout(500)


@pytest.fixture
def compared(server, page):
    """The page with the comparison on it; the first test makes it by pressing the button."""
    page.goto(f"{server}/compare?data={DATA}&compared={','.join(ENCODERS)}")
    start = page.get_by_role("button", name="Compare these encoders")
    expect(start.or_(page.get_by_text("of 150 images"))).to_be_visible(timeout=60_000)
    if start.is_visible():
        start.click()
    expect(page.get_by_text("150 of 150 images")).to_be_visible(timeout=280_000)
    settled(page)
    return page


def draw(page, corners):
    """A line by hand through shares of the canvas, from its left and its top."""
    canvas = page.locator(".plot > canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    places = [(box["x"] + u * box["width"], box["y"] + v * box["height"]) for u, v in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for x, y in places[1:]:
        page.mouse.move(x, y, steps=6)
    page.mouse.up()


def test_the_images_low_for_one_encoder_are_drawn_around_exported_and_opened(compared):
    page = compared
    page.get_by_text("rank, %").click()  # on ranks the quadrant is the upper left quarter
    expect(page.locator(".plot > canvas")).to_have_attribute("aria-label", re.compile("^rank"))
    settled(page)
    draw(page, [(0.02, 0.0), (0.5, 0.0), (0.5, 0.44), (0.02, 0.44), (0.02, 0.02)])
    expect(page).to_have_url(re.compile("lasso="))
    expect(page.get_by_text("150 of 150 images")).to_have_count(0)
    settled(page)
    page.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    rows = list(csv.DictReader(download.value.path().read_text().splitlines()))
    assert 0 < len(rows) < 75
    expect(page.get_by_text(f"{len(rows)} of 150 images")).to_be_visible()
    share = sum(row["q_quadrant"] == "only A low" for row in rows) / len(rows)
    assert share > 0.8  # a hand does not follow the line exactly
    link = page.url
    other = page.context.browser.new_page()
    other.goto(link)
    expect(other.get_by_text(f"{len(rows)} of 150 images")).to_be_visible(timeout=60_000)
    other.close()
    page.locator(".card").first.click()
    expect(page).to_have_url(re.compile(r"image=habitats"))
    expect(page.get_by_text("Compute representations")).to_have_count(0)


def test_escape_takes_the_line_away(compared):
    page = compared
    draw(page, [(0.2, 0.1), (0.4, 0.1), (0.4, 0.3)])
    expect(page).to_have_url(re.compile("lasso="))
    page.locator(".plot > canvas").press("Escape")
    expect(page.get_by_text("150 of 150 images")).to_be_visible()
    expect(page).not_to_have_url(re.compile("lasso="))


def test_the_report_opens_without_a_network(compared, tmp_path):
    page = compared
    page.get_by_text("Report to keep or to send").click()
    page.get_by_role("button", name="Make the report").click()
    button = page.get_by_role("button", name="Report, HTML")
    expect(button).to_be_visible(timeout=120_000)
    settled(page)
    with page.expect_download() as download:
        button.click()
    file = tmp_path / "report.html"
    download.value.save_as(file)
    alone = page.context.browser.new_context(offline=True)
    report, asked, errors = alone.new_page(), [], []
    report.on("request", lambda request: asked.append(request.url))
    report.on("pageerror", lambda error: errors.append(str(error)))
    report.goto(f"file://{file}")
    expect(report.get_by_role("heading", name=f"3 encoders on {DATA}")).to_be_visible()
    expect(report.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    expect(report.locator(".js-plotly-plot")).to_have_count(16)
    assert report.locator("img").first.evaluate("image => image.naturalWidth") >= 112
    assert not errors
    assert not [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
    alone.close()
