"""A page that ends early, with a word on what to do first.

`st.stop` would not let the address be written: after it Streamlit sends nothing more, and a link to the view is lost.
"""

from typing import NoReturn


class PageEndedError(Exception):
    """Raised where a page has said all it can; the router ends the run in good order."""


def end_page() -> NoReturn:
    raise PageEndedError
