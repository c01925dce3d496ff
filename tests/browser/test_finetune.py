"""Fine-tuning by hand: start, watch, reload, stop, resume, compare. The tests build on each other."""

import re

import pytest
from hands import settled
from playwright.sync_api import expect

PATH = "finetune?data={}"


def fill(page, label, value):
    box = page.get_by_label(label, exact=True)
    box.fill(value)
    box.press("Enter")
    settled(page)


@pytest.mark.timeout(900)  # six processes, one after another
def test_from_start_to_before_and_after(server, small, page):
    page.goto(f"{server}/{PATH.format(small)}")
    expect(page.get_by_text("Objective: SimCLR")).to_be_visible()
    settled(page)
    page.get_by_text("Settings", exact=True).last.click()
    fill(page, "Batch size", "16")
    fill(page, "Epochs", "8")  # 40 steps: time to reload and to stop while the first arm is under way
    start = page.get_by_role("button", name="Start 2 arms")
    start.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"fine-tuning: \d"))).to_be_visible(timeout=120_000)
    expect(page.get_by_text("Waiting: next in line")).to_be_visible()

    page.goto(page.url)  # as another visitor who was sent the link
    expect(page.get_by_role("button", name="Stop")).to_have_count(2)
    page.get_by_role("button", name="Stop").first.click()
    resume = page.get_by_role("button", name="Resume")
    expect(resume).to_be_visible(timeout=120_000)
    expect(page.locator(".js-plotly-plot").first).to_be_visible()
    resume.click()
    expect(resume).to_have_count(0)
    expect(page.get_by_role("button", name="Open this encoder")).to_have_count(2, timeout=200_000)

    page.get_by_role("button", name="Compare before and after (3 reports to make)").click()
    expect(page.get_by_text("Report, q-score")).to_be_visible()
    expect(page.get_by_text("AUROC and AUPRC may fall")).to_be_visible(timeout=200_000)
    expect(page.get_by_text("q-score (0% at 0)")).to_be_visible(timeout=200_000)  # in the legend of the histograms
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0] == "measure,encoder,value,low,high,minus before,minus control"
    told = {tuple(line.split(",")[:2]) for line in lines if line.startswith(("Mean Q", "AUROC of Q"))}
    assert told == {(name, arm) for name in ("Mean Q", "AUROC of Q") for arm in ("before", "control", "q-score")}


@pytest.mark.parametrize("page", ["light", "dark"], indirect=True)
@pytest.mark.parametrize("width", [1400, 420])
def test_the_comparison_does_not_complain_in_either_theme_wide_or_narrow(server, small, page, width):
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_viewport_size({"width": width, "height": 1000})
    page.goto(f"{server}/{PATH.format(small)}")
    expect(page.get_by_text("AUROC and AUPRC may fall")).to_be_visible()
    expect(page.locator(".js-plotly-plot").last).to_be_visible()
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert errors == []
    assert [url for url in asked if not url.startswith((server, "data:", "blob:"))] == []


def test_the_new_encoder_is_opened_with_its_lineage(server, small, page):
    page.goto(f"{server}/{PATH.format(small)}")
    page.get_by_role("button", name="Open this encoder").last.click()
    expect(page).to_have_url(re.compile(r"encoder=run%3Asimclr-q-score-habitats-\w{8}"))
    expect(page.get_by_text("from habitats:simclr, arm q-score, seed 0")).to_be_visible()
    expect(page.get_by_text("Nothing has been fine-tuned from")).to_be_visible()
