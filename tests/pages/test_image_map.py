"""The map on the low-Q page: what a link opens, what a lasso selects, what is offered where UMAP is missing."""

import numpy as np
import pytest

from qscore_core.imported import ImportRequest, import_features
from qscore_core.scatter import box, lasso_text
from qscore_core.workspace import Workspace

EVERYTHING = lasso_text(box((0, 1), (0, 1)))
LEFT_HALF = lasso_text(box((0, 0.5), (0, 1)))
RIGHT_HALF = lasso_text(box((0.5, 1), (0, 1)))


def heading(test):
    return next(text.value for text in test.markdown if "120 images**" in text.value)


def count(test):
    return int(heading(test).split()[0].strip("*"))


def test_a_lasso_in_the_address_is_the_selection_and_stays_in_it(app):
    test = app.open("low_q", lasso=LEFT_HALF)
    assert not test.exception
    assert heading(test).endswith("from lasso on the PCA map")
    assert 0 < count(test) < 120
    assert test.query_params["lasso"] == LEFT_HALF
    assert count(test) + count(app.open("low_q", lasso=RIGHT_HALF)) == 120


def test_filters_and_lasso_both_hold(app):
    test = app.open("low_q", lasso=EVERYTHING, classes="striped")
    assert count(test) == 12


def test_a_lasso_around_one_colour_selects_that_colour_alone(app):
    test = app.open("low_q", lasso=EVERYTHING, colour="class_name", alone="class_name:striped")
    assert count(test) == 12


def test_clearing_takes_the_lasso_out_of_the_address(app):
    test = app.open("low_q", lasso=LEFT_HALF)
    test.button(key="clear_selection").click().run()
    assert heading(test) == "**120 of 120 images**"
    assert "lasso" not in test.query_params


@pytest.mark.parametrize(
    "address", [{"lasso": "x"}, {"map": "tsne"}, {"colour": "nothing"}, {"lasso": EVERYTHING, "alone": "nothing:x"}]
)
def test_nonsense_in_the_address_shows_all(app, address):
    test = app.open("low_q", **address)
    assert not test.exception
    assert count(test) == 120


def test_a_missing_umap_is_offered(app):
    test = app.open("low_q", map="umap")
    assert not test.exception
    assert "Compute the map" in [button.label for button in test.button]


def test_a_column_of_the_data_set_filters_and_a_link_says_so(app):
    test = app.open("low_q", where="habitat")
    options = test.multiselect(key="in.habitat").options
    test.multiselect(key="in.habitat").set_value([options[0]]).run()
    assert 0 < count(test) < 120
    again = app.open("low_q", where="habitat", **{"in.habitat": options[0]})
    assert count(again) == count(test)


def test_a_range_of_numbers_filters(app):
    test = app.open("low_q", where="confidence")
    low, high = test.slider(key="from.confidence").value
    test.slider(key="from.confidence").set_value((low, (low + high) / 2)).run()
    assert not test.exception
    assert 0 < count(test) < 120


def test_imported_arrays_have_a_map_without_pictures(empty_app, tmp_path):
    array = np.maximum(np.random.default_rng(0).standard_normal((120, 64)) ** 3, 0).astype(np.float32)
    np.save(tmp_path / "h.npy", array)
    import_features(ImportRequest(tmp_path / "h.npy", "mine"), Workspace.at(empty_app.workspace))
    test = empty_app.open("low_q", data="features:mine", lasso=LEFT_HALF)
    assert not test.exception
    assert 0 < count(test) < 120


def test_several_filters_hold_at_once_and_the_link_keeps_them(app):
    first = app.open("low_q", where="habitat,confidence")
    habitat = first.multiselect(key="in.habitat").options[0]
    low, high = first.slider(key="from.confidence").value
    both = {"in.habitat": habitat, "from.confidence": f"{low},{(low + high) / 2}"}
    alone = [count(app.open("low_q", where="habitat,confidence", **{key: both[key]})) for key in both]
    test = app.open("low_q", where="habitat,confidence", **both)
    assert not test.exception
    assert 0 < count(test) < min(alone)
    assert test.query_params["in.habitat"] == habitat
    assert test.query_params["where"] == "habitat,confidence"


def test_a_link_opens_a_page_of_the_grid_and_other_filters_begin_at_the_first(app):
    test = app.open("low_q", grid_page="3")
    assert any("49 to 72 of 120 shown" in text.value for text in test.caption)
    assert test.query_params["grid_page"] == "3"
    test.multiselect(key="classes").set_value(["striped"]).run()
    assert any("1 to 12 of 12 shown" in text.value for text in test.caption)
    assert "grid_page" not in test.query_params


def test_low_stands_beside_high_q_class_by_class(app):
    test = app.open("low_q", layout="low beside high Q, class by class", classes="striped")
    assert not test.exception
    assert any(text.value.startswith("**striped** · 12 images, median Q") for text in test.markdown)
    assert {"Lowest Q", "Highest Q"} <= {text.value for text in test.caption}
