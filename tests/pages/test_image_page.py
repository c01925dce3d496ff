"""The page of one image: its maps, what can be chosen, and what is said where something is missing."""

import asyncio
import re

import numpy as np
import pytest
from conftest import DATA
from PIL import Image
from typer.testing import CliRunner

from qscore_core.cli import app as cli
from qscore_core.slices import Slice, save_slice
from qscore_core.workspace import Workspace

IMAGE = "habitats/test/00031"


def captions(test):
    return [text.value for text in test.caption]


def overlap(test):
    """Of the table under the maps: measure -> core."""
    return test.dataframe[0].value.set_index("measure")["core"]


def test_it_opens_at_the_lowest_score(app):
    test = app.open("image")
    assert not test.exception
    assert test.number_input(key="rank").value == 1
    assert any("0% of the images score lower" in text.value for text in test.markdown)
    assert "discriminative features that fire here · Closed form" in captions(test)
    assert any("Grad-CAM of features, exactly, without a gradient" in text for text in captions(test))
    assert "dark: no heat · bright: the strongest place" in captions(test)
    assert {header.value for header in test.subheader} >= {"Its features", "Nearest images"}


def test_a_link_opens_the_view_that_it_names(app):
    wanted = {"target": "feature", "feature": "7", "method": "grad_cam", "layer": "layer3", "style": "contour"}
    look = {"opacity": "0.3", "sign": "signed", "scale": "shared", "smoothing": "2", "heat": "0.25", "mask": "0.75"}
    test = app.open("image", image=IMAGE, **wanted, **look)
    assert not test.exception
    assert "feature 7 · Grad-CAM · layer3" in captions(test)
    assert [test.slider(key=key).value for key in ("opacity", "smoothing", "heat", "mask")] == [0.3, 2.0, 0.25, 0.75]
    chosen = {key: test.session_state[key] for key in ("style", "sign", "scale", "layer", "image")}
    assert chosen == {"style": "contour", "sign": "signed", "scale": "shared", "layer": "layer3", "image": IMAGE}
    # What this run wrote into the address names the same view.
    written = {key: "".join(value) for key, value in test.query_params.items()}
    assert written | wanted | look == written


def test_previous_and_next_stay_within_the_selection(app):
    ids = [f"habitats/test/{number:05}" for number in (3, 31, 70)]
    save_slice(Slice("three", DATA, "test", tuple(ids)), Workspace.at(app.workspace))
    test = app.open("image", slice="three")
    assert not test.exception
    seen = []
    for _ in range(4):
        seen.append(test.query_params["image"])
        next(button for button in test.button if button.label == "Next").click().run()
    assert sorted(seen[:3]) == ids
    assert seen[3] == seen[0]
    assert any(text.startswith("Of 3 selected, from the lowest") for text in captions(test))
    outside = app.open("image", slice="three", image="habitats/test/00004")
    assert any(text.startswith("Of 120, from the lowest · `habitats/test/00004`") for text in captions(outside))


def test_compared_encoders_can_look_at_the_same_image(app):
    test = app.open("image", image=IMAGE)
    assert not any(button.label.startswith("habitats") for button in test.button)
    test.session_state["compared"] = ["habitats:simclr", "habitats:untrained"]
    test.run()
    other = next(button for button in test.button if "untrained" in button.label)
    other.click().run()
    assert not test.exception
    assert test.session_state["encoder"] == "habitats:untrained"
    assert test.session_state["image"] == IMAGE


def test_previous_and_next_follow_the_score(app):
    test = app.open("image")
    first = test.session_state["address_written"]["image"]
    next(button for button in test.button if button.label == "Next").click().run()
    assert test.number_input(key="rank").value == 2
    assert test.session_state["image"] != first
    next(button for button in test.button if button.label == "Previous").click().run()
    assert test.session_state["image"] == first
    test.number_input(key="rank").set_value(120).run()
    assert any("99% of the images score lower" in text.value for text in test.markdown)


def test_thresholds_change_the_overlap_and_the_look_does_not(app):
    test = app.open("image", image=IMAGE)
    before = overlap(test)
    chance = test.dataframe[0].value.set_index("measure").loc["Heat inside", "core by chance"]
    told = next(text.value for text in test.markdown if text.value.startswith("Of the heat, "))
    assert f"**{before['Heat inside']:.0%}** lies on the **core** parts" in told
    assert f"than the {chance:.0%} of chance" in told
    test.slider(key="smoothing").set_value(3.0).run()
    assert overlap(test).equals(before)
    test.slider(key="heat").set_value(0.0).run()
    after = overlap(test)
    assert after["Heat-weighted IoU"] != before["Heat-weighted IoU"]
    # With everything hot, the heat-weighted IoU is the share of the heat inside.
    assert after["Heat-weighted IoU"] == pytest.approx(after["Heat inside"])
    assert after["AUC"] == before["AUC"]


def test_a_method_that_does_not_run_says_why_and_another_target_takes_one_that_does(app):
    test = app.open("image", image=IMAGE, target="norm", method="closed_form")
    assert any("Closed form needs features as the target" in text.value for text in test.info)
    test = app.open("image", image=IMAGE)
    assert test.selectbox(key="method").value == "closed_form"
    test.selectbox(key="target").set_value("class").run()
    assert not test.exception
    assert test.selectbox(key="method").value == "grad_cam"
    assert any(text.startswith("score of ") for text in captions(test))


def test_likeness_needs_a_pinned_image_and_shows_it_beside(app):
    test = app.open("image", image=IMAGE, target="similar", method="saliency")
    assert any("Pin an image first" in text.value for text in test.info)
    test = app.open("image", image=IMAGE, target="similar", method="saliency", pin="habitats/test/00007")
    assert not test.exception
    assert "likeness to habitats/test/00007 · Saliency" in captions(test)
    assert "**Pinned**" in [text.value for text in test.markdown]


def test_an_image_in_which_nothing_fires_has_no_signal(app):
    test = app.open("image", image=IMAGE, epsilon="8", lower="98", upper="99")
    assert not test.exception
    assert any("No signal" in text.value for text in test.info)


def test_an_image_that_does_not_exist_is_named(app):
    test = app.open("image", image="../../etc/passwd")
    assert not test.exception
    assert any("no image `../../etc/passwd`" in text.value for text in test.warning)


def test_the_low_q_page_leads_to_the_image_that_it_shows(app):
    test = app.open("low_q")
    shown = test.session_state["address_written"]["image"]
    next(button for button in test.button if button.label == "Where its features look").click().run()
    assert not test.exception
    assert test.title[0].value == "One image"
    assert test.session_state["image"] == shown


def test_features_show_where_they_fire(app):
    test = app.open("features", maps="True")
    assert not test.exception
    assert not test.error


def test_pictures_without_masks_and_labels_have_maps_all_the_same(empty_app, tmp_path):
    rng = np.random.default_rng(0)
    for number in range(30):
        Image.fromarray(rng.integers(0, 255, (40, 70, 3), dtype=np.uint8)).save(tmp_path / f"{number:02d}.png")
    data = f"folder:{tmp_path}"
    ask = ["score", "--encoder", "habitats:simclr", "--dataset", data, "--workspace", str(empty_app.workspace)]
    assert CliRunner().invoke(cli, ask).exit_code == 0
    test = empty_app.open("image", data=data, epsilon="2")
    assert not test.exception
    assert any("This image has no masks" in text for text in captions(test))
    assert not {"heat", "mask"} & {slider.key for slider in test.slider}
    test = empty_app.open("image", data=data, epsilon="2", style="contour", heat="0.25")
    assert test.slider(key="heat").value == 0.25
    assert "lines: 25% of the strongest heat" in captions(test)
    test = empty_app.open("image", data=data, target="class")
    assert any("Scores of classes need labels" in text.value for text in test.info)


def test_only_maps_that_were_drawn_can_be_fetched():
    from starlette.requests import Request

    from pages.ui.map_pictures import map_address, serve_map

    def answer(name):
        return asyncio.run(serve_map(Request({"type": "http", "path_params": {"name": name}})))

    name = re.fullmatch(r"/map/([0-9a-f]{32})\.jpg", map_address(b"a map")).group(1)
    assert answer(name).body == b"a map"
    assert [answer(other).status_code for other in ("0" * 32, "../app.py", "")] == [404, 404, 404]
