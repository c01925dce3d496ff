"""The encoder people actually have: find it, read what is in it, put right what the file cannot say, try it, use it."""

import streamlit as st

from pages.ui import encoder_overrides, encoder_preview, encoder_report, encoder_source, encoder_trial, encoder_use
from pages.ui.choice import Choice
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


def read(base: str, choice: Choice | None) -> tuple[str, encoder_report.Found]:
    """The reference with its overrides, and the report on it."""
    found = look(base)
    report, way_on = st.columns([3, 2], gap="large")
    ref = encoder_overrides.choose(base, found)
    with report:
        found = look(ref)
        encoder_report.show(found)
    with way_on:
        encoder_use.show(ref, choice)
    return ref, found


st.markdown(INTRO)
base = encoder_source.choose()
if base is None:
    end_page()
choice = current_choice()
ref, found = read(base, choice)
encoder_preview.show(found, choice)
encoder_trial.show(ref, choice)
