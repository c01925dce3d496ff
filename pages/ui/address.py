"""The address of a page as its view: what is chosen is written into it, and what it names is chosen.

Streamlit's own binding of widgets to the address loses values when the page changes (seen with 1.67), so the few keys
that make a view are kept here: `begin` first in a run, `adopt` before widgets are drawn, `publish` after, `flush` last.
Between the two `leave_above` and `same_above` part the sidebar from the body of a page, which also runs alone.
"""

from collections.abc import Callable, Iterable, Mapping

import streamlit as st

Parser = Callable[[str], object]

_WRITTEN, _PENDING = "address_written", "address_pending"
_LAST, _COME_TO, _OPTIONAL = "address_last", "address_come_to", "address_optional"
_HELD, _STALE = "address_held", "address_stale"
_ABOVE, _WHOLE = "address_above", "address_whole"


def begin() -> None:
    """Called by the router before all else: notes whether this run was led here by a whole address.

    That is a step back or forward, or a link; neither a click on a widget nor one in the menu, whose address is bare.
    """
    state, query = st.session_state, st.query_params.to_dict()
    state[_PENDING] = {}  # a run that was broken off leaves nothing to the next one
    # A hand that is faster than the runs of a page sends its click with an address from before the last one.
    state[_STALE] = any(repr(state.get(key)) != held for key, held in state.get(_HELD, {}).items())
    state[_COME_TO] = bool(query) and query != state.get(_LAST) and not state[_STALE]


def leave_above() -> None:
    """What was published so far is of what lies above the body, which is about to run within a whole run."""
    st.session_state[_ABOVE] = dict(st.session_state[_PENDING])
    st.session_state[_WHOLE] = True


def same_above() -> bool:
    """Called first in a body; False where it runs alone although a callback changed something above it."""
    state = st.session_state
    if state.pop(_WHOLE, False):
        return True
    # The whole run before took over what the address names; since then only the body's own widgets were touched.
    state[_PENDING], state[_COME_TO], state[_STALE] = dict(state[_ABOVE]), False, True
    return all(repr(state[key]) == state[_HELD][key] for key in state[_ABOVE] if key in state[_HELD])


def adopt(parsers: Mapping[str, Parser]) -> frozenset[str]:
    """Takes over the values in the address, unless they are the ones this session wrote itself.

    So a link and the browser's back button win over the widgets, and a click on a widget wins over the address.
    A value that cannot be read is left out, as if the address did not name it. Returns the keys that a whole address
    leaves out though they had a value, such as a selection that was not there yet; they have none any more.
    """
    state, written = st.session_state, st.session_state.setdefault(_WRITTEN, {})
    if state.get(_STALE):
        return frozenset()
    gone = _left_out(parsers) if state.get(_COME_TO) else frozenset()
    for key in gone:
        state.pop(key, None)
        written[key] = ""
    for key, parse in parsers.items():
        text = st.query_params.get(key)
        if text is None or text == written.get(key):
            continue
        try:
            state[key] = parse(text)
        except ValueError:
            continue
    return gone


def publish(values: Mapping[str, object]) -> None:
    """Notes values for the address; None, False and empty ones are left out of it."""
    state, texts = st.session_state, {key: _text(value) for key, value in values.items()}
    state.setdefault(_WRITTEN, {}).update(texts)
    state.setdefault(_PENDING, {}).update(texts)
    # What was once left out of an address can be missing from another on purpose.
    state.setdefault(_OPTIONAL, set()).update(key for key, text in texts.items() if not text)


def flush() -> None:
    """Writes the address of this run at once, so that one change of the view is one step of the browser's history."""
    state = st.session_state
    told = state.get(_PENDING, {})
    wanted = {key: text for key, text in told.items() if text}
    if wanted and wanted != st.query_params.to_dict():
        st.query_params.from_dict(wanted)
    state[_LAST] = st.query_params.to_dict()
    state[_HELD] = {key: repr(state[key]) for key in told if key in state}


def _left_out(keys: Iterable[str]) -> frozenset[str]:
    state = st.session_state
    had = {key for key in keys if key in state.get(_OPTIONAL, ()) and state[_WRITTEN].get(key)}
    return frozenset(had - set(st.query_params))


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
