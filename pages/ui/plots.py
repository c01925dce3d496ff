"""Figures on a page, in its colours.

Streamlit's own chart takes each changed figure down and draws it anew, twice or more, from everything in it; here
Plotly itself draws what differs over what is there. A figure that is made of the same things again is not made again.
"""

import json
from collections.abc import Callable, Hashable
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import plotly
import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages.ui import arrival
from pages.ui.in_order import COMES_LATE, in_order
from pages.ui.scripts import PLOTLY
from qscore_core.figures import FigureTree

DEFAULT_HEIGHT = 320
Figure = go.Figure | FigureTree
FOLDER = Path(__file__).parent
JS = COMES_LATE + (FOLDER / "figure.js").read_text()
_figure = st.components.v2.component(
    "qscore_figure", css=(FOLDER / "figure.css").read_text(), js=JS, isolate_styles=False
)


@dataclass(frozen=True)
class Mark:
    """A point that stands out, in units of the axes, with a word beside it."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Told:
    """A figure as text: what is drawn, how it is laid out, and its height in pixels."""

    traces: str
    layout: str
    height: int

    @classmethod
    def of(cls, figure: Figure) -> "Told":
        """Leaves out the template, in whose place the browser puts the colours of the page."""
        whole = json.loads(plotly.io.to_json(figure, validate=False))
        whole["layout"].pop("template", None)
        layout = whole["layout"]
        return cls(json.dumps(whole["data"]), json.dumps(layout), layout.get("height") or DEFAULT_HEIGHT)


@st.cache_resource(max_entries=512, show_spinner=False)
def _made(name: str, of: tuple[Hashable, ...], _make: Callable[[], Figure]) -> Told:
    del name, of
    return Told.of(_make())


def plot(
    make: Callable[[], Figure],
    *of: Hashable,
    key: str,
    alt: str,
    where: DeltaGenerator | None = None,
    **how: Any,
) -> None:
    """Shows what `make` gives; with its `key`, `of` names everything that is drawn. `how` is `mark` and `on_pick`.

    `on_pick` runs before the page does and gets the `customdata` of the point that was clicked.
    """
    with where or nullcontext():
        _show(_made(key, of, make), key, alt, **how)


def draw(figure: Figure, *, key: str, alt: str) -> None:
    """Shows a figure that was made anew."""
    _show(Told.of(figure), key, alt)


def _show(
    figure: Told, key: str, alt: str, on_pick: Callable[[Any], None] | None = None, mark: Mark | None = None
) -> None:
    if arrival.first_step():
        arrival.room(key, figure.height)  # Plotly's script alone holds a browser for half a second
        return

    def picked() -> None:
        value = st.session_state[key].get("picked")
        if value is not None and on_pick is not None:
            on_pick(value)

    data = {**asdict(figure), "mark": mark and asdict(mark), "alt": alt, "library": PLOTLY}
    _figure(key=key, data=in_order(key, data), on_picked_change=picked)
