"""Classroom mode: everything can be looked at, and nothing spoiled for the others."""

import pytest

from qscore_core.slices import Slice, save_slice
from qscore_core.verbs.serving import CLASSROOM
from qscore_core.workspace import Workspace

DATA = "habitats?count=120"


@pytest.fixture
def classroom(app, monkeypatch):
    monkeypatch.setenv(CLASSROOM, "1")
    return app


def labels(test):
    return {button.label for button in test.button}


@pytest.mark.parametrize("page", ["start", "features", "low_q", "prediction", "compare", "finetune", "jobs", "lab"])
def test_every_page_says_so_in_a_line(classroom, page):
    test = classroom.open(page)
    assert not test.exception
    assert bool(test.error) == (page == "finetune")  # 120 pictures are fewer than a batch
    assert any("Classroom: look at everything." in text.value for text in test.sidebar.caption)
    assert not labels(test) & {"Save", "Rename", "Delete", "Stop"}


@pytest.mark.parametrize(
    "address",
    [
        {"encoder": "file:/etc/passwd"},
        {"encoder": "catalog:swav/swav_800ep_pretrain"},
        {"data": "folder:/etc"},
        {"data": "table:/etc/x.csv"},
    ],
)
def test_other_files_are_refused_before_they_are_opened(classroom, address):
    test = classroom.open("features", **address)
    assert not test.exception
    assert test.error[0].value.startswith("In classroom mode the ")


def test_the_encoders_page_is_closed(classroom):
    test = classroom.open("encoders")
    assert not test.exception
    assert "closed in classroom mode" in test.info[0].value
    assert not test.text_input


def test_only_the_quick_recipe_is_offered_and_nothing_of_it_can_be_set(classroom):
    test = classroom.open("finetune", recipe="paper")
    assert not test.exception
    recipe = next(radio for radio in test.radio if radio.label == "Recipe")
    assert [*recipe.options] == [recipe.value] == ["quick"]
    assert "Epochs" not in {field.label for field in test.number_input}


def test_a_slice_opens_and_cannot_be_changed(classroom):
    save_slice(Slice("shown", DATA, "test", ("habitats/test/00031",), "picked"), Workspace.at(classroom.workspace))
    try:
        test = classroom.open("low_q", slice="shown")
        assert any(text.value.startswith("**1 of 120 images**") for text in test.markdown)
        assert not labels(test) & {"Rename", "Delete"}
    finally:
        for file in (classroom.workspace / "slices").glob("*/*"):
            file.unlink()


def test_a_name_is_seen_by_who_gave_it_alone(classroom):
    mine = classroom.open("features", feature="7")
    field = next(field for field in mine.text_input if field.label == "Name of this feature")
    field.set_value("stripes").run()
    assert not mine.exception
    assert "feature 7" not in labels(mine)
    assert "7 · stripes" in {label.replace("\\", "") for label in labels(mine)}
    other = classroom.open("features", feature="7")
    assert next(field for field in other.text_input if field.label == "Name of this feature").value == ""
