"""What a user does by hand, in order, on the built-in data set: the tests share one server and build on each other."""

import re
import zipfile

import numpy as np
from hands import press_until_url_changes, settled, told_by
from PIL import Image
from playwright.sync_api import expect

from pages.ui.menu import PAGES


def test_the_built_in_set_comes_up_with_scores_by_itself(server, page):
    page.goto(server)
    expect(page.get_by_role("heading", name="Q-Score Lab")).to_be_visible()
    # First drawing, extraction, index and probe: watched, without a click.
    expect(page.get_by_text("Not computed yet")).to_be_visible()
    expect(page.get_by_text("Lowest Q-Scores")).to_be_visible(timeout=280_000)
    expect(page.get_by_test_id("stMetricValue").first).to_have_text("1,000")
    expect(page.locator(".card img").first).to_have_js_property("complete", True)
    assert page.locator(".card img").first.evaluate("image => image.naturalWidth") == 128


def test_features_by_keyboard_and_by_link(server, page):
    page.goto(f"{server}/features")
    expect(page.get_by_text("Fires most strongly")).to_be_visible()
    expect(page).to_have_url(re.compile(r"feature=\d+"))
    settled(page)
    page.get_by_role("heading", name="Where it fires").click()
    press_until_url_changes(page, "ArrowRight")
    expect(page).to_have_url(re.compile(r"feature=\d+"))
    link = page.url
    number = re.search(r"feature=(\d+)", link).group(1)
    other = page.context.browser.new_page()
    other.goto(link)
    expect(other.get_by_label("Feature", exact=True)).to_have_value(number, timeout=60_000)
    other.close()


SPOT = """(plot) => { const { left, top } = plot.getBoundingClientRect(), { xaxis, yaxis } = plot._fullLayout;
  const { x, y, customdata } = plot._fullData[0];
  return [left + xaxis._offset + xaxis.d2p(x[9]), top + yaxis._offset + yaxis.d2p(y[9]), customdata[9]]; }"""


def test_a_click_on_the_curve_or_on_a_companion_chooses_a_feature(server, page):
    page.goto(f"{server}/features")
    expect(page).to_have_url(re.compile(r"feature=\d+"))
    settled(page)
    curve, mark = page.locator(".js-plotly-plot").first, page.locator(".figure-mark")
    x, y, feature = curve.evaluate(SPOT)
    page.mouse.move(x, y)
    page.mouse.click(x, y)
    expect(page).to_have_url(re.compile(rf"feature={feature}(&|$)"))
    expect(mark).to_have_attribute("data-text", str(feature))
    settled(page)
    companion = page.get_by_role("table").get_by_role("button").first
    number = companion.inner_text()
    companion.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"feature={number}(&|$)"))
    expect(mark).to_have_attribute("data-text", number)


def test_a_figure_whose_script_does_not_come_says_so(server, page):
    page.route("**/static/plotly-*.js", lambda route: route.abort())
    page.goto(f"{server}/features")
    expect(page.get_by_text("could not be fetched").first).to_be_visible()


def test_epsilon_slider_answers_and_is_kept_on_other_pages(server, page):
    page.goto(f"{server}/features")
    expect(page.get_by_text("Fires most strongly")).to_be_visible()
    page.get_by_role("button", name="paper 4.0").click()
    expect(page).to_have_url(re.compile(r"epsilon=4(&|$)"))
    page.get_by_role("link", name="Low-Q images").first.click()
    expect(page.get_by_text("1 to 24 of 1,000 shown")).to_be_visible()
    expect(page).to_have_url(re.compile(r"low_q.*epsilon=4(&|$)"))


def test_low_q_grid_filter_pick_and_export(server, page):
    page.goto(f"{server}/low_q")
    expect(page.get_by_text("1 to 24 of 1,000 shown")).to_be_visible()
    page.get_by_text("mis-classified", exact=True).click()
    expect(page).to_have_url(re.compile("outcome=mis-classified"))
    expect(page.locator(".card .outcome").first).to_contain_text("✗")
    expect(page.locator(".card .outcome.correct")).to_have_count(0)
    page.locator(".card").nth(2).click()
    expect(page.locator(".card").nth(2)).to_have_attribute("aria-pressed", "true")
    expect(page).to_have_url(re.compile("image=habitats"))
    expect(page.get_by_text("which is wrong")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export", exact=True).click()
        page.get_by_role("button", name="CSV", exact=True).click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0].startswith("id,path,label,split,q_score")
    assert all(line.split(",")[-1] == "False" for line in lines[1:])
    with page.expect_download() as download:
        page.get_by_role("button", name="pictures as zip").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert len([name for name in archive.namelist() if name.endswith((".png", ".jpg"))]) == len(lines) - 1


def test_a_card_on_the_start_page_leads_to_the_image(server, page):
    page.goto(server)
    expect(page.get_by_text("Lowest Q-Scores")).to_be_visible()
    expect(page.locator(".card").first).to_be_visible()
    page.locator(".card").first.click()
    expect(page).to_have_url(re.compile("/image.*image=habitats"))


def test_prediction_page(server, page):
    page.goto(f"{server}/prediction")
    expect(page.get_by_text("Beside other signals")).to_be_visible()
    expect(page.get_by_text("AUROC of Q")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(4)
    expect(page.get_by_role("button", name="Compare the signals")).to_be_visible()  # minutes of work: asked for


def test_a_folder_is_extracted_on_request_and_a_bad_picture_is_listed(server, page, tmp_path):
    rng = np.random.default_rng(0)
    for number in range(60):
        path = tmp_path / "set" / ("train", "test")[number % 2] / ("a", "b")[number % 4 // 2] / f"{number:03d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 255, (40, 70, 3), dtype=np.uint8)).save(path)
    path.write_bytes(b"not a picture")
    page.goto(f"{server}/?data=folder:{tmp_path / 'set'}")
    page.get_by_role("button", name="Compute representations").click()
    expect(page.get_by_text("Lowest Q-Scores")).to_be_visible(timeout=120_000)
    expect(page.get_by_text("1 images could not be read")).to_be_visible()


def test_one_step_back_for_each_step_forward(server, page):
    def here(title, outcome=None):
        expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        if outcome:
            expect(page.get_by_role("radio", name=outcome)).to_be_checked()
        settled(page)
        return page.url

    page.goto(server)
    steps = [here("Q-Score Lab")]
    page.get_by_role("link", name="Low-Q images").first.click()
    expect(page.locator(".card").first).to_be_visible()
    steps.append(here("Low-Q images", "all"))
    page.get_by_text("mis-classified", exact=True).click()
    expect(page).to_have_url(re.compile("outcome=mis-classified"))
    steps.append(here("Low-Q images", "mis-classified"))
    page.get_by_role("link", name="Start").first.click()
    expect(page.get_by_text("Lowest Q-Scores")).to_be_visible()
    steps.append(here("Q-Score Lab"))
    for url, title, outcome in [
        (steps[2], "Low-Q images", "mis-classified"),
        (steps[1], "Low-Q images", "all"),
        (steps[0], "Q-Score Lab", None),
    ]:
        page.go_back()
        expect(page).to_have_url(url)
        here(title, outcome)
    page.go_forward()
    expect(page).to_have_url(steps[1])
    here("Low-Q images", "all")


def test_every_page_in_both_themes_asks_no_other_host_and_nothing_in_vain(server, page):
    """What would reach another host is cut off and told; so is a request that fails and an error in the console."""
    told = told_by(page, server)
    for entry in PAGES:
        page.emulate_media(color_scheme="light")
        page.goto(f"{server}/{entry.path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        settled(page)
        page.emulate_media(color_scheme="dark")
        settled(page)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        assert told == [], entry.title
