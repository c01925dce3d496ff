"""From a low-Q image to its maps: method, target, scale and thresholds, and the overlap that follows them."""

import re

from hands import choose, settled
from playwright.sync_api import expect


def press(page, slider, key, times):
    """A list that has just been closed takes the focus back once: it is given again until it stays."""
    for _ in range(10):
        slider.focus()
        page.wait_for_timeout(500)
        if slider.evaluate("element => element === document.activeElement"):
            break
    for _ in range(times):
        page.keyboard.press(key, delay=60)  # faster than the page runs: none may be lost


def drawn(page):
    """Addresses of the large map and of the first small one."""
    large = page.get_by_alt_text(re.compile("^Heat map of")).get_attribute("src")
    return large, page.locator(".card img").first.get_attribute("src")


def test_from_a_low_q_image_to_its_maps(server, small, page):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{server}/low_q?data={small}")
    expect(page.locator(".card").nth(1)).to_be_visible()
    page.locator(".card").nth(1).click()
    expect(page.locator(".card").nth(1)).to_have_attribute("aria-pressed", "true")
    settled(page)
    page.get_by_role("button", name="Where its features look").click()
    expect(page).to_have_url(re.compile(r"/image\?.*image=habitats.*target=discriminative"))
    expect(page.get_by_text("How much of the heat lies on what should matter")).to_be_visible()
    expect(page.get_by_alt_text(re.compile("^Heat map of"))).to_have_js_property("naturalWidth", 512)
    settled(page)
    closed, small = drawn(page)
    page.get_by_text("shared", exact=True).click()
    expect(page).to_have_url(re.compile("scale=shared"))
    settled(page)
    assert drawn(page)[1] != small  # the small maps share a scale now
    choose(page, "Method", "Saliency")
    expect(page).to_have_url(re.compile("method=saliency"))
    saliency, _ = drawn(page)
    assert saliency != closed
    choose(page, "Target", "all features")
    expect(page).to_have_url(re.compile("target=all"))
    assert drawn(page)[0] != saliency
    page.get_by_text("All 7 measures").click()
    table = page.get_by_test_id("stDataFrame").first.locator("canvas").first
    before = table.screenshot()
    press(page, page.get_by_role("slider", name="Hot from"), "ArrowLeft", times=6)
    expect(page).to_have_url(re.compile(r"heat=0\.2(&|$)"))
    settled(page)
    assert table.screenshot() != before  # the numbers are drawn, not written
    link, view = page.url, drawn(page)
    page.goto("about:blank")
    page.goto(link)
    settled(page)
    expect(page.get_by_alt_text(re.compile("^Heat map of"))).to_be_visible()
    assert drawn(page)[0] == view[0]  # named by its content: the link shows the same map
    page.locator(".card").first.click()
    expect(page).to_have_url(re.compile(r"/features\?.*feature=\d+"))
    assert errors == []
