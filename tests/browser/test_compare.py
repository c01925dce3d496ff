"""Comparing three built-in encoders by hand: lasso, export, a report that opens without a network, one image."""

import csv
import re

import pytest
from hands import compared
from playwright.sync_api import expect

ENCODERS = ("habitats:vicreg", "habitats:simclr", "habitats:byol")  # of the first alone some images are wrong


def draw_around_the_upper_left(page):
    """On ranks that is what A alone scores low."""
    canvas = page.locator(".plane canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    # The frame lies 58 pixels from the left, 14 from the top, 14 from the right and 44 from the bottom.
    middle = ((box["x"] + 58 + box["x"] + box["width"] - 14) / 2, (box["y"] + 14 + box["y"] + box["height"] - 44) / 2)
    left, top = box["x"] + 59, box["y"] + 15
    page.mouse.move(left, top)
    page.mouse.down()
    for place in ((middle[0], top), middle, (left, middle[1])):
        page.mouse.move(*place, steps=6)
    page.mouse.up()


def exported(page):
    page.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    page.keyboard.press("Escape")
    return list(csv.DictReader(download.value.path().read_text().splitlines()))


def report_of(page, file):
    page.get_by_text("Report to keep or to send").click()
    page.get_by_role("button", name="Make the report").click()
    button = page.get_by_role("button", name="Report, HTML")
    expect(button).to_be_visible(timeout=120_000)
    with page.expect_download() as download:
        button.click()
    download.value.save_as(file)


def see_it_without_a_network(browser, file, data):
    alone = browser.new_context()
    alone.set_offline(True)
    report, asked, errors = alone.new_page(), [], []
    report.on("request", lambda request: asked.append(request.url))
    report.on("pageerror", lambda error: errors.append(str(error)))
    report.set_default_timeout(90_000)
    report.goto(f"file://{file}")
    expect(report.get_by_role("heading", name=f"3 encoders on {data}")).to_be_visible()
    plots = report.locator(".js-plotly-plot")
    expect(plots.last.locator(".main-svg").first).to_be_visible()
    assert plots.count() > 10
    for ref in ENCODERS:
        expect(report.get_by_role("heading", name=ref, exact=True)).to_be_visible()
    widths = report.locator("img").evaluate_all("images => images.map((image) => image.naturalWidth)")
    assert min(widths) > 0
    assert not errors
    assert not [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
    alone.close()


@pytest.mark.timeout(900)  # it waits for two jobs, whatever else the machine does
def test_who_fails_alone_is_drawn_around_exported_reported_and_looked_at(server, small, browser, page, tmp_path):
    compared(server, page, ENCODERS, small)
    page.get_by_text("rank, %").click()
    expect(page.locator(".plane canvas")).to_have_attribute("aria-label", re.compile("^rank"))
    draw_around_the_upper_left(page)
    expect(page).to_have_url(re.compile("around="))
    expect(page.get_by_text("80 of 80 images", exact=True)).to_have_count(0)
    page.get_by_role("radio", name=re.compile("only A wrong")).click()
    expect(page).to_have_url(re.compile("outcome_part="))
    expect(page.get_by_text(re.compile(r"^\d+ of 80 images$"))).to_be_visible()
    rows = exported(page)
    assert rows
    assert {row["outcome"] for row in rows} == {"only A wrong"}
    assert {row["q_quadrant"] for row in rows} == {"only A low"}
    expect(page.get_by_text(f"{len(rows)} of 80 images", exact=True)).to_be_visible()
    link = page.url
    report_of(page, tmp_path / "report.html")
    see_it_without_a_network(browser, tmp_path / "report.html", small)
    page.locator(".card").first.click()
    expect(page).to_have_url(re.compile("image=habitats"))
    page.goto(link)  # as somebody else would
    expect(page.get_by_text(f"{len(rows)} of 80 images", exact=True)).to_be_visible(timeout=60_000)
    page.locator(".plane canvas").press("Escape")
    expect(page).not_to_have_url(re.compile("around="))
