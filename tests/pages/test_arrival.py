"""The two steps of a page: the first shows what it is about as the address says, the second all around it."""

import pytest


@pytest.fixture
def arrives(app):
    """Opens a page as a browser does that has just come: its first step alone."""
    return lambda page, **address: app.open(page, arrived=False, **address)


def widgets(test):
    kinds = (test.selectbox, test.multiselect, test.slider, test.button, test.segmented_control, test.toggle)
    return [widget for kind in kinds for widget in kind]


def address_of(test):
    return {key: test.query_params[key] for key in test.query_params}


@pytest.mark.parametrize("page", ["start", "features", "low_q", "image"])
def test_the_first_step_draws_no_sidebar_and_the_second_what_one_step_draws(arrives, app, page):
    test = arrives(page)
    assert not test.exception
    assert [*test.sidebar.selectbox, *test.sidebar.slider] == []
    test.run()
    whole = app.open(page)
    assert [(one.label, one.value) for one in test.sidebar.slider] == [
        (one.label, one.value) for one in whole.sidebar.slider
    ]
    assert [type(one) for one in test.main] == [type(one) for one in whole.main]


def test_the_low_q_page_begins_with_its_pictures_and_no_widget(arrives):
    test = arrives("low_q")
    components = [one.proto.component_name for one in test.get("bidi_component")]
    assert widgets(test) == []
    assert components == ["qscore_scatter", "qscore_gallery", "qscore_arrival"]


def test_the_first_step_keeps_to_the_address_and_leaves_it_whole(arrives):
    view = {"epsilon": "2.6", "lower": "30", "upper": "80", "outcome": "mis-classified", "order": "highest Q first"}
    test = arrives("low_q", **view)
    first = address_of(test)
    test.run()
    assert view.items() <= first.items()
    assert first.items() <= address_of(test).items()
    assert test.slider(key="band").value == (30.0, 80.0)
    assert test.segmented_control(key="outcome").value == "mis-classified"


def test_where_the_choice_cannot_be_opened_the_second_step_brings_the_sidebar_to_change_it(arrives):
    test = arrives("low_q", data="features:nowhere")
    assert "nowhere" in test.error[0].value
    test.run()
    assert "nowhere" in test.error[0].value
    assert test.sidebar.selectbox(key="data").value == "features:nowhere"
