"""The script every browser session runs: the menu, the sidebar that all pages share, and the page that is asked for."""

from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path

import streamlit as st

from pages.ui import address, classroom, going
from pages.ui.ending import PageEndedError, end_page
from pages.ui.menu import PAGES
from pages.ui.view import put_together, sidebar_alone

ICON = Path(__file__).resolve().parents[2] / "assets" / "icon.svg"

st.set_page_config(page_title="Q-Score Lab", page_icon=str(ICON), layout="wide")


def first_time_said() -> AbstractContextManager[object]:
    """A word on the empty page of a new session: on a busy or freshly started server its first run takes a while."""
    if st.session_state.get("opened"):
        return nullcontext()
    st.session_state["opened"] = True
    return st.spinner("Opening the page …")


page = st.navigation(
    [
        st.Page(
            entry.script,
            title=entry.title,
            icon=entry.icon,
            url_path=entry.path,
            default=entry.default,
            visibility="hidden" if classroom.on() and not entry.in_classroom else "visible",
        )
        for entry in PAGES
    ]
)
address.begin()
going.follow(page.title)
st.title("Q-Score Lab" if page.title == "Start" else page.title)
with first_time_said(), suppress(PageEndedError):
    entry = next(entry for entry in PAGES if entry.title == page.title)
    (put_together if entry.needs_view else sidebar_alone)()
    if classroom.on() and not entry.in_classroom:
        st.info(classroom.CLOSED, icon=":material/school:")
        end_page()
    page.run()
address.flush()  # also where a page ended early
