"""The script every browser session runs: the menu, the sidebar that all pages share, and the page that is asked for."""

from contextlib import suppress
from pathlib import Path

import streamlit as st

from pages.ui import address, arrival, classroom, going
from pages.ui.ending import PageEndedError, end_page
from pages.ui.menu import PAGES
from pages.ui.warm import IMPORTING

ICON = Path(__file__).resolve().parents[2] / "assets" / "icon.svg"

st.set_page_config(page_title="Q-Score Lab", page_icon=str(ICON), layout="wide")


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
arrival.begin()
going.follow(page.title)
st.title("Q-Score Lab" if page.title == "Start" else page.title)
with arrival.said(), suppress(PageEndedError):
    with IMPORTING:  # here, so that who comes while the server still imports torch and its kin reads that a page opens
        from pages.ui.view import put_together, sidebar_alone

    entry = next(entry for entry in PAGES if entry.title == page.title)
    (put_together if entry.needs_view else sidebar_alone)()
    if classroom.on() and not entry.in_classroom:
        st.info(classroom.CLOSED, icon=":material/school:")
        end_page()
    page.run()
address.flush()  # also where a page ended early
arrival.knock()
