"""By hand on the map: draw around points, save them as a slice, take them away, and open the link elsewhere."""

import re

import pandas as pd
from hands import draw_around
from playwright.sync_api import expect

MIDDLE = ((0.4, 0.4), (0.65, 0.4), (0.65, 0.75), (0.4, 0.75))


def shown(page):
    expect(page.locator(".told")).to_contain_text("of 1,000 images shown")
    return int(page.locator(".told").text_content().split()[0].replace(",", ""))


def test_lasso_slice_export_and_the_link_in_another_browser(server, browser, page):
    sent = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(len(frame))))
    page.goto(f"{server}/low_q?colour=class_name")
    expect(page.get_by_text("1,000 of 1,000 images shown")).to_be_visible(timeout=280_000)
    before = len(sent)
    draw_around(page, MIDDLE)
    expect(page.get_by_text("from lasso on the PCA map")).to_be_visible()
    assert max(sent[before:]) < 16_000  # the line goes to the server, not the points
    expect(page).to_have_url(re.compile("lasso="))
    expect(page.locator(".told")).not_to_contain_text("1,000 of")  # the canvas is told after the line above it
    count = shown(page)
    assert 0 < count < 1000
    other = browser.new_page()
    other.goto(page.url)
    expect(other.get_by_text("from lasso on the PCA map")).to_be_visible(timeout=60_000)
    expect(other.locator(".told")).to_contain_text(f"{count} of 1,000 images shown")
    page.get_by_role("button", name="Save as slice").click()
    page.get_by_label("Name", exact=True).fill("middle <b>one</b>")
    page.get_by_label("Name", exact=True).press("Enter")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("from slice “middle <b>one</b>”")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert len(pd.read_csv(download.value.path())) == count
    other.goto(page.url)
    expect(other.get_by_text("from slice “middle <b>one</b>”")).to_be_visible(timeout=60_000)
    assert shown(other) == count
    other.close()


def test_hover_pick_and_keys(server, page):
    page.goto(f"{server}/low_q")
    expect(page.get_by_text("1,000 of 1,000 images shown")).to_be_visible(timeout=280_000)
    canvas = page.locator(".plane canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.6)
    expect(page.locator(".peek img")).to_be_visible()
    page.mouse.down()
    page.mouse.up()
    expect(page).to_have_url(re.compile("image=habitats"))
    canvas.focus()
    page.keyboard.press("b")
    expect(page.get_by_role("button", name="Box (B)")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("l")
    expect(page.get_by_role("button", name="Lasso (L)")).to_have_attribute("aria-pressed", "true")
