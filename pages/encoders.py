"""The encoder people actually have: find it, read what is in it, put right what the file cannot say, try it, use it."""

import streamlit as st

from pages.ui import encoder_overrides, encoder_preview, encoder_report, encoder_source, encoder_trial, going
from pages.ui.ending import end_page
from pages.ui.view import current_choice
from qscore_core.errors import QScoreError

INTRO = """A published encoder, a checkpoint on this machine, or a name on a model hub. What a file holds is shown
before anything of it is loaded, and opening it never runs its code."""


def look(ref: str) -> encoder_report.Found:
    """The report; where there can be none, says why and ends the page."""
    try:
        return encoder_report.look(ref)
    except QScoreError as error:
        st.error(str(error), icon=":material/error:")
        end_page()


def read(base: str) -> tuple[str, encoder_report.Found]:
    """The reference with its overrides, and the report on it."""
    found = look(base)
    left, right = st.columns([3, 2], gap="large")
    with right:
        ref = encoder_overrides.choose(base, found)
    with left:
        found = look(ref)
        encoder_report.show(found)
    return ref, found


def use(ref: str) -> None:
    """The way on: every page then shows this encoder."""
    st.divider()
    go = {"on_click": going.to, "args": ("start",), "kwargs": {"encoder": ref}}
    st.button("Use this encoder", type="primary", icon=":material/check:", **go)


st.markdown(INTRO)
base = encoder_source.choose()
if base is None:
    end_page()
ref, found = read(base)
choice = current_choice()
encoder_preview.show(found, choice)
encoder_trial.show(ref, choice)
use(ref)
