"""Figures that are made once: to make one and to copy it takes Plotly longer than all else on a page takes."""

from collections.abc import Callable, Hashable
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator


class Finished(go.Figure):
    """A figure that nobody changes any more, so that it need not be copied before it is sent."""

    def __init__(self, figure: go.Figure) -> None:
        super().__init__()
        self._told = figure.to_dict()

    def to_dict(self) -> dict[str, Any]:
        return self._told


@st.cache_resource(max_entries=512, show_spinner=False)
def _finished(name: str, of: tuple[Hashable, ...], _make: Callable[[], go.Figure]) -> Finished:
    del name, of
    return Finished(_make())


def plot(
    make: Callable[[], go.Figure],
    *of: Hashable,
    key: str,
    alt: str,
    where: DeltaGenerator | None = None,
    **how: Any,
) -> None:
    """Shows what `make` gives; with its `key`, `of` names everything that is drawn. `how` is Streamlit's."""
    (where or st).plotly_chart(_finished(key, of, make), key=key, alt=alt, **how)
