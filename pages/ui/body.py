"""The part of a page below what all pages share: a click in it runs it alone, without the menu and the sidebar."""

from collections.abc import Callable
from contextlib import suppress

import streamlit as st

from pages.ui import address, going
from pages.ui.ending import PageEndedError


def alone(draw: Callable[[], None]) -> None:
    """Runs `draw` as the body of a page; where a click in it concerns more than the body, everything runs."""
    address.leave_above()
    _body(draw)


def complain(error: Exception) -> None:
    """For callbacks: what they draw on the page itself takes the place of its title where the body runs alone."""
    st.toast(str(error), icon=":material/error:", duration="infinite")


@st.fragment
def _body(draw: Callable[[], None]) -> None:
    if not address.same_above() or going.waiting():
        st.rerun()
    with suppress(PageEndedError):
        draw()
    address.flush()
