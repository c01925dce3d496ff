"""Figures and pictures that are made once, and made anew where something differs."""

import io
import json

import numpy as np
import plotly.io
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages.ui import map_pictures
from pages.ui.plots import Told
from qscore_core import figures
from qscore_core.heatmaps import resized


def script():
    import streamlit as st

    from pages.ui.plots import plot
    from qscore_core import figures

    def make():
        st.session_state["made"] = st.session_state.get("made", 0) + 1
        return figures.feature_strength(st.session_state["z"], 2.5, 100)

    plot(make, st.session_state["of"], key="test_plots", alt="strength")


def drawn(test, of, z):
    """The number of the update that the browser is given."""
    test.session_state["of"], test.session_state["z"] = of, z
    test.run()
    assert not test.exception
    return test.session_state["test_plots_turn"][1]


def test_a_figure_is_made_once_for_what_it_is_made_of_and_sent_again_only_where_it_differs():
    test = AppTest.from_function(script)
    z, other = np.array([2.1, 2.6, 3.0]), np.array([2.2, 5.0])
    first, again, second = drawn(test, "one", z), drawn(test, "one", z), drawn(test, "two", other)
    assert (again - first, second - first) == (0, 1)
    assert test.session_state["made"] == 2


def test_a_figure_is_told_whole_but_for_its_template_and_stays_as_it_is():
    figure = figures.score_histogram(np.array([0.1, 0.2, 0.4]))
    before = plotly.io.to_json(figure, validate=False)
    told = Told.of(figure)
    expected = json.loads(before)
    del expected["layout"]["template"]
    assert {"data": json.loads(told.traces), "layout": json.loads(told.layout)} == expected
    assert told.height == expected["layout"]["height"]
    assert plotly.io.to_json(figure, validate=False) == before


def test_a_picture_is_drawn_once_for_its_content():
    calls, rng = [], np.random.default_rng(0)
    one, other = rng.integers(0, 255, (2, 8, 8, 3), dtype=np.uint8)

    def draw(picture, side):
        calls.append(side)
        return resized(picture, side)

    addresses = [
        map_pictures.drawn(draw, picture, side)
        for picture, side in ((one, 32), (one.copy(), 32), (other, 32), (one, 16))
    ]
    assert addresses[0] == addresses[1]
    assert len(set(addresses)) == 3
    assert calls == [32, 32, 16]
    served = map_pictures._drawn[addresses[3].removeprefix("/map/").removesuffix(".jpg")]
    assert Image.open(io.BytesIO(served)).size == (16, 16)
