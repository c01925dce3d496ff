"""The address of a page as its view: what is chosen is written into it, and what it names is chosen.

Streamlit's own binding of widgets to the address loses values when the page changes (seen with 1.67), so the few keys
that make a view are kept here: `adopt` before the widgets are drawn, `publish` after, `flush` at the end of the run.
"""

from collections.abc import Callable, Mapping

import streamlit as st

Parser = Callable[[str], object]

_WRITTEN, _PENDING = "address_written", "address_pending"


def adopt(parsers: Mapping[str, Parser]) -> None:
    """Takes over the values in the address, unless they are the ones this session wrote itself.

    So a link and the browser's back button win over the widgets, and a click on a widget wins over the address.
    A value that cannot be read is left out, as if the address did not name it.
    """
    written = st.session_state.setdefault(_WRITTEN, {})
    for key, parse in parsers.items():
        text = st.query_params.get(key)
        if text is None or text == written.get(key):
            continue
        try:
            st.session_state[key] = parse(text)
        except ValueError:
            continue


def publish(values: Mapping[str, object]) -> None:
    """Notes values for the address; None, False and empty ones are left out of it."""
    st.session_state.setdefault(_WRITTEN, {}).update({key: _text(value) for key, value in values.items()})
    st.session_state.setdefault(_PENDING, {}).update({key: _text(value) for key, value in values.items()})


def flush() -> None:
    """Writes the address of this run at once, so that one change of the view is one step of the browser's history."""
    wanted = {key: text for key, text in st.session_state.pop(_PENDING, {}).items() if text}
    if wanted and wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)


def _text(value: object) -> str:
    if value is None or value is False:
        return ""
    if isinstance(value, list | tuple):
        return ",".join(str(entry) for entry in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def flag(text: str) -> bool:
    return text == "True"


def listing(text: str) -> list[str]:
    return text.split(",")


def one_of(*options: str) -> Parser:
    """Accepts only what a widget offers."""

    def parse(text: str) -> str:
        if text not in options:
            raise ValueError(text)
        return text

    return parse


def between(low: float, high: float) -> Parser:
    """Accepts numbers that a slider can be set to."""

    def parse(text: str) -> float:
        number = float(text)
        if not low <= number <= high:
            raise ValueError(text)
        return number

    return parse
