"""A link shows in another browser what it showed in the first."""

import re
from contextlib import contextmanager
from urllib.parse import parse_qs, urlparse

import pytest
from hands import choose, compared, draw_around, settled
from playwright.sync_api import expect

REFS = ("habitats:vicreg", "habitats:simclr", "habitats:byol")
UPPER_LEFT = ((0.1, 0.1), (0.6, 0.1), (0.6, 0.7), (0.1, 0.7))


def told_lines(page, words):
    return page.get_by_text(re.compile(words)).first.inner_text()


def feature(server, page, data):
    page.goto(f"{server}/features?data={data}")
    expect(page).to_have_url(re.compile(r"feature=\d+"))
    settled(page)
    first = page.url
    page.get_by_role("button", name="Next").click()
    expect(page).not_to_have_url(first)
    page.get_by_role("button", name="paper 4.0").click()
    expect(page).to_have_url(re.compile(r"epsilon=4(&|$)"))


def feature_seen(page):
    expect(page.get_by_role("slider", name="Highly active above ε")).to_have_value("4")
    return page.get_by_label("Feature", exact=True).input_value(), told_lines(page, r"^fires in")


def lasso(server, page, data):
    page.goto(f"{server}/low_q?data={data}")
    expect(page.locator(".told")).to_contain_text("80 of 80 images shown")
    settled(page)
    draw_around(page, UPPER_LEFT)
    expect(page).to_have_url(re.compile("lasso="))
    expect(page.locator(".told")).not_to_contain_text("80 of")
    settled(page)
    page.locator(".card").nth(1).click()
    expect(page.locator(".card").nth(1)).to_have_attribute("aria-pressed", "true")


def lasso_seen(page):
    expect(page.get_by_text("from lasso on the PCA map")).to_be_visible()
    expect(page.locator(".told")).not_to_contain_text("80 of")
    return page.locator(".told").inner_text(), *grid_seen(page)


def filters(server, page, data):
    page.goto(f"{server}/low_q?data={data}")
    expect(page.locator(".card").first).to_be_visible()
    settled(page)
    page.get_by_text("correct", exact=True).first.click()
    expect(page).to_have_url(re.compile("outcome=correct"))
    settled(page)
    choose(page, "Order", "highest Q first")
    expect(page).to_have_url(re.compile("order=highest"))
    page.locator(".card").nth(2).click()
    expect(page.locator(".card").nth(2)).to_have_attribute("aria-pressed", "true")


def grid_seen(page):
    expect(page.locator(".card").first).to_be_visible()
    pictures = page.locator(".card img").evaluate_all("images => images.map((image) => image.alt)")
    return told_lines(page, r"^\d+ to \d+ of \d+ shown$"), pictures, page.locator(".card.picked").all_inner_texts()


def image(server, page, data):
    page.goto(f"{server}/image?data={data}")
    expect(page.get_by_alt_text(re.compile("^Heat map of"))).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_label("Rank by Q")).to_have_value("2")
    settled(page)
    page.get_by_text("shared", exact=True).click()
    expect(page).to_have_url(re.compile("scale=shared"))


def image_seen(page):
    heat = page.get_by_alt_text(re.compile("^Heat map of"))
    expect(heat).to_be_visible()
    expect(page.get_by_role("radio", name="shared")).to_be_checked()
    return page.get_by_label("Rank by Q").input_value(), heat.get_attribute("src"), heat.get_attribute("alt")


def comparison(server, page, data):
    compared(server, page, REFS, data)
    settled(page)
    page.get_by_role("button", name="Swap").click()
    expect(page).to_have_url(re.compile("a=habitats%3Asimclr"))
    settled(page)
    page.get_by_role("radio", name=re.compile("only B low")).click()
    expect(page).to_have_url(re.compile("q_part="))
    expect(page.get_by_text("80 of 80 images", exact=True)).to_have_count(0)


def comparison_seen(page):
    expect(page.get_by_role("radio", name=re.compile("only B low"))).to_be_checked()
    pictures = page.locator(".card img").evaluate_all("images => images.map((image) => image.alt)")
    return told_lines(page, r"^\d+ of 80 images$"), told_lines(page, "^Their rankings by Q"), pictures


VIEWS = {
    "features": (feature, feature_seen),
    "low-Q, lasso": (lasso, lasso_seen),
    "low-Q, filters": (filters, grid_seen),
    "image": (image, image_seen),
    "compare": (comparison, comparison_seen),
}


@contextmanager
def another(browser, address):
    """The address opened in a browser that was never here."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.set_default_timeout(90_000)
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


@pytest.mark.timeout(600)  # the comparison is made first where no test has made it
@pytest.mark.parametrize("name", VIEWS)
def test_a_link_shows_the_same_view_in_another_browser(server, small, browser, page, name):
    set_up, seen = VIEWS[name]
    set_up(server, page, small)
    settled(page)
    link, here = page.url, seen(page)
    with another(browser, link) as elsewhere:
        expect(elsewhere.get_by_role("heading", level=1)).to_be_visible()
        seen(elsewhere)
        settled(elsewhere)
        assert seen(elsewhere) == here
        assert parse_qs(urlparse(elsewhere.url).query) == parse_qs(urlparse(link).query)
