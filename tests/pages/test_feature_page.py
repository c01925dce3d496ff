"""The feature page: strips, classes, companions, and names that stay with the encoder."""

import json

import pytest


@pytest.fixture
def noted(app):
    """A ready app; what a test notes of features is gone after it."""
    yield app
    for file in (app.workspace / "feature-notes").glob("*.json"):
        file.unlink()


def told(test, component):
    """What a component of the page is given."""
    found = next(one.proto for one in test.get("bidi_component") if one.proto.component_name.endswith(component))
    return json.loads(found.json)


def companions(test):
    """The rows of the table of features that fire in the same images."""
    return told(test, "rows")["rows"]


def test_a_feature_is_shown_in_strips_with_its_classes_and_companions(app):
    rates = app.open("features").session_state["view"].analysis.features.rates
    test = app.open("features", feature=str(rates.argmax()))
    assert not test.exception
    headings = {place: card["heading"] for place, card in enumerate(told(test, "gallery")["cards"]) if card["heading"]}
    assert headings == {0: "Fires most strongly", 8: "Around the median of where it fires", 16: "Barely fires"}
    assert len(companions(test)) > 1
    test.session_state["every_class"] = True  # opened
    by_columns = {tuple(frame.value.columns) for frame in test.run().dataframe}
    assert ("class", "images", "firing", "share", "purity", "lift") in by_columns


def test_where_it_never_fires_the_page_says_what_to_do(app):
    test = app.open("features", epsilon="8", feature="0")
    assert not test.exception
    assert any("it does not fire" in text.value for text in test.info)


def test_a_name_and_a_star_are_shown_to_the_next_session(noted):
    test = noted.open("features", feature="7")
    field = next(field for field in test.text_input if field.label == "Name of this feature")
    field.set_value("red *stripes*").run()
    test.button(key="star").click().run()
    assert not test.exception
    again = noted.open("features", feature="7")
    assert next(field for field in again.text_input if field.label == "Name of this feature").value == "red *stripes*"
    assert again.button(key="star").label == "Starred"
    assert again.button(key="noted_7").label == r"★ 7 · red \*stripes\*"
    image = noted.open("image", target="feature", feature="7", method="grad_cam", layer="layer3")
    assert r"7 · red \*stripes\* · Grad-CAM · layer3" in [text.value for text in image.caption]
    elsewhere = noted.open("features", feature="9")
    elsewhere.button(key="noted_7").click().run()
    assert elsewhere.number_input(key="feature").value == 7
