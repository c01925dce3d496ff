"""The selection of a session: set, shown on pages, saved as a slice that a link opens, and never another session's."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.words import JOINER, literal
from qscore_core.slices import Slice, find_slice, list_slices, save_slice
from qscore_core.workspace import Workspace

DATA = "habitats?count=120"
IDS = ("habitats/test/00031", "habitats/test/00005", "habitats/test/00099")


def heading(test: AppTest) -> str:
    return next(text.value for text in test.markdown if "120 images**" in text.value)


def button(test: AppTest, label: str):
    return next(button for button in test.button if button.label == label)


@pytest.fixture
def sliced(app):
    """A ready app with one slice of three images; whatever a test saves is gone after it."""
    workspace = Workspace.at(app.workspace)
    save_slice(Slice("lost *ones*", DATA, "test", IDS, "three picked"), workspace)
    yield app
    for file in (app.workspace / "slices").glob("*/*"):
        file.unlink()


def test_a_link_to_a_slice_opens_it(sliced):
    test = sliced.open("low_q", slice="lost *ones*")
    assert not test.exception
    assert heading(test) == r"**3 of 120 images** from slice “lost \*ones\*”"
    assert test.query_params["slice"] == "lost *ones*"


def test_a_link_to_a_slice_that_nobody_saved_says_so_and_shows_all(sliced):
    test = sliced.open("low_q", slice="nobody's")
    assert any("no slice `nobody's`. Saved: `lost *ones*`" in text.value for text in test.error)
    assert heading(test) == "**120 of 120 images**"


def test_clearing_shows_all_images_and_another_session_never_saw_the_selection(sliced):
    test = sliced.open("low_q", slice="lost *ones*")
    assert heading(sliced.open("low_q")) == "**120 of 120 images**"
    button(test, "Clear").click().run()
    assert heading(test) == "**120 of 120 images**"
    assert "slice" not in test.query_params


def test_going_back_to_an_address_without_a_selection_clears_it(sliced):
    test = sliced.open("low_q", two_sided="False")
    test.session_state["more_settings"] = True  # unfolded
    test.run()
    before = {key: test.query_params[key] for key in test.query_params}
    around_all = "0.0_1000.0_1000.1000_0.1000"
    test.query_params["lasso"] = around_all
    test.query_params["two_sided"] = "True"
    test.run()
    assert heading(test).endswith("from lasso on the PCA map")
    assert test.toggle(key="two_sided").value is True
    for key in ("lasso", "two_sided"):
        del test.query_params[key]
    test.run()
    assert heading(test) == "**120 of 120 images**"
    assert test.toggle(key="two_sided").value is False
    assert {key: test.query_params[key] for key in test.query_params} == before


def test_another_split_is_not_filtered_by_the_slice(sliced):
    test = sliced.open("low_q", slice="lost *ones*")
    test.selectbox(key="split").set_value("swapped").run()
    test.selectbox(key="split").set_value("test").run()
    assert heading(test).startswith("**3 of 120 images**")


def test_what_the_filters_show_can_be_saved_and_the_address_names_it(sliced):
    test = sliced.open("low_q", classes="striped")
    test.text_input(key="slice_name").set_value("all striped").run()
    button(test, "Save").click().run()
    assert not test.exception
    saved = find_slice("all striped", DATA, "test", Workspace.at(sliced.workspace))
    assert len(saved.ids) == 12
    assert saved.source == "filters"
    assert test.query_params["slice"] == "all striped"
    assert [toast.value for toast in test.toast] == ["Saved 12 images as slice “all striped”\\."]
    # The slice is what the filters left; it stands alone now.
    assert test.multiselect(key="classes").value == []
    assert heading(test) == "**12 of 120 images** from slice “all striped”"


def test_a_slice_that_is_opened_by_a_click_is_shown_whole_and_filters_can_narrow_it(sliced):
    test = sliced.open("low_q", q_range="0,10", outcome="correct")
    next(button for button in test.button if button.key == "slice_open_0").click().run()
    assert heading(test) == r"**3 of 120 images** from slice “lost \*ones\*”"
    assert test.slider(key="q_range").value == (0, 100)
    assert "classes" not in test.query_params
    test.slider(key="q_range").set_value((0, 0)).run()
    assert heading(test) == r"**0 of 120 images** from slice “lost \*ones\*”; the filters hide 3 of its images"


def test_a_name_that_is_taken_is_explained(sliced):
    test = sliced.open("low_q")
    test.text_input(key="slice_name").set_value("lost *ones*").run()
    button(test, "Save").click().run()
    assert any("There is a slice `lost *ones*` already" in text.value for text in test.error)


def test_a_deleted_slice_comes_back_with_undo(sliced):
    workspace = Workspace.at(sliced.workspace)
    test = sliced.open("low_q", slice="lost *ones*")
    button(test, "Delete").click().run()
    assert list_slices(workspace) == []
    assert heading(test) == "**120 of 120 images**"
    button(test, "Undo").click().run()
    assert [one.name for one in list_slices(workspace)] == ["lost *ones*"]
    assert heading(test).startswith("**3 of 120 images**")


def test_renaming_keeps_the_slice_open(sliced):
    test = sliced.open("low_q", slice="lost *ones*")
    test.text_input(key="slice_new_name").set_value("found").run()
    button(test, "Rename").click().run()
    assert heading(test) == "**3 of 120 images** from slice “found”"


def test_images_that_the_split_lost_are_counted(sliced):
    save_slice(Slice("older", DATA, "test", (*IDS, "gone")), Workspace.at(sliced.workspace))
    test = sliced.open("low_q", slice="older")
    assert heading(test).startswith("**3 of 120 images**")
    assert any("not shown: 1 image of this slice" in text.value for text in test.warning)


LOOKALIKES = ("![x](http://elsewhere/x.png)", "<b>a</b>", "a_b*c`d`", "# a\n- b", ":red[x] $y$", "www.a.b me@c.d")


@pytest.mark.parametrize("text", LOOKALIKES)
def test_marks_in_names_are_shown_and_not_followed(text):
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("js-default", {"html": True}).parseInline(literal(text))[0].children
    assert {token.type for token in tokens} <= {"text", "text_special"}
    assert "".join(token.content for token in tokens).replace(JOINER, "") == " ".join(text.split())
    # Streamlit's own parser also makes links of what only looks like one.
    assert not re.search(r"https?://|www\.|\w@\w", literal(text).replace("\\", ""))
