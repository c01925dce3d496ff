"""Figures and pictures that are made once: the same as made anew, and made anew where something differs."""

import io

import numpy as np
import plotly.io
from PIL import Image
from streamlit.testing.v1 import AppTest

from pages.ui import map_pictures
from pages.ui.plots import Finished
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
    test.session_state["of"], test.session_state["z"] = of, z
    test.run()
    assert not test.exception
    return test.get("plotly_chart")[0].proto.spec


def test_a_figure_is_made_once_for_what_it_is_made_of():
    test = AppTest.from_function(script)
    z, other = np.array([2.1, 2.6, 3.0]), np.array([2.2, 5.0])
    first, again, second = drawn(test, "one", z), drawn(test, "one", z), drawn(test, "two", other)
    assert first == again
    assert test.session_state["made"] == 2
    expected = [plotly.io.to_json(figures.feature_strength(values, 2.5, 100), validate=False) for values in (z, other)]
    assert [plotly.io.from_json(text) for text in (first, second)] == [plotly.io.from_json(text) for text in expected]


def test_sending_a_finished_figure_leaves_it_as_it_is():
    figure = Finished(figures.feature_strength(np.array([2.1, 2.6, 3.0]), 2.5, 100))
    texts = {plotly.io.to_json(figure.to_dict(), validate=False) for _ in range(3)}
    assert len(texts) == 1


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
