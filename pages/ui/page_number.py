"""Which page of a long list is shown; in the address, so that a link opens the same one."""

import streamlit as st

from pages.ui import address

NUMBER = "grid_page"


def current(pages: int) -> int:
    """From 1. With another number of pages it is the first one again, never one that no longer exists."""
    key, state = _key(pages), st.session_state
    if NUMBER in address.adopt({NUMBER: int}):
        state[key] = 1
    if NUMBER in state:
        state[key] = min(max(state.pop(NUMBER), 1), pages)
    number = state.get(key, 1)
    address.publish({NUMBER: None if number == 1 else number})
    return number


def choose(pages: int) -> None:
    """Draws the choice, where there is one."""
    if pages > 1:
        st.pagination(pages, key=_key(pages))


def _key(pages: int) -> str:
    return f"page_of_{pages}"
