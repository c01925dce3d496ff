"""The way on from an encoder: the pictures that it is tried on, and the button that takes it into use."""

import streamlit as st

from pages.ui import going
from pages.ui.choice import BUILT_IN, DATA_HELP, Choice, known_datasets, typed

PICTURES = "encoder_pictures"
WORDS = "The encoder is tried on these pictures below, and scores them once it is used."


def show(ref: str, choice: Choice | None) -> None:
    """Beside the report, so that nobody starts on pictures that were not meant."""
    with st.container(border=True):
        _pictures()
        split = f" Shown below: split `{choice.split}`." if choice else ""
        st.caption(WORDS + split)
        go = {"on_click": going.to, "args": ("start",), "kwargs": {"encoder": ref}}
        st.button("Use this encoder", type="primary", icon=":material/check:", width="stretch", **go)
        st.caption("Its reference, for the sidebar, the command line and links:")
        st.code(ref, language=None, wrap_lines=True)


def _pictures() -> None:
    """The data of the sidebar, here where it matters; a change of either is one of both."""
    chosen = st.session_state[PICTURES] = st.session_state["data"]
    options = list(dict.fromkeys([BUILT_IN[1], *known_datasets(), chosen]))
    st.selectbox("Your pictures", options, key=PICTURES, help=DATA_HELP, on_change=_take_over, **typed())


def _take_over() -> None:
    st.session_state["data"] = st.session_state[PICTURES]
