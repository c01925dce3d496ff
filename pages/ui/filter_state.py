"""The filters of the low-Q page in the session: their keys, and how all of them are opened again."""

import streamlit as st

OUTCOMES = ("all", "mis-classified", "correct")
EVERYTHING = (0, 100)  # percent of the images, from the lowest Q
COLUMNS = "where"  # the other columns that are filtered by


def reset() -> None:
    """Nothing is filtered any more, so that what is opened next is seen whole; the order stays."""
    st.session_state.update({"classes": [], "outcome": OUTCOMES[0], "q_range": EVERYTHING, COLUMNS: []})
