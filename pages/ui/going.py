"""From page to page by a click: a callback notes where to go, and the router goes before anything is drawn.

`st.switch_page` may not be called in a callback, and at the end of a page it would cost a whole run of the page that
is left.
"""

import streamlit as st

from pages.ui.menu import BY_NAME

_GOING = "going_to"


def to(page: str, **state: object) -> None:
    """For callbacks: opens a page by its name in the menu, with these values in the session."""
    st.session_state.update(state)
    st.session_state[_GOING] = page


def waiting() -> bool:
    return _GOING in st.session_state


def follow(shown: str) -> None:
    """Called by the router, which is about to run the page with the title `shown`; ends the run where it must go on."""
    page = st.session_state.pop(_GOING, None)
    if page is not None and BY_NAME[page].title != shown:
        st.switch_page(BY_NAME[page].script)
