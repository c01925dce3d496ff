"""A browser that has just come sees a page in two steps: what it is about, and at once after it all around it.

Each widget of Streamlit takes a new page 40 to 65 ms to show, so that thirty of them would keep it empty for more than
a second. The first run of a session leaves them out, and the values that they would give stand in the session already;
where they come, room is kept. What the browser shows last then asks for the second run, in which all is drawn.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import streamlit as st

# `here` says nothing but that the first step has come. Asked for at once, the second one would hold up what the first
# still fetches to draw; a fifth of a second later it is not there any later. What a hand does meanwhile goes first: the
# page that is asked for here is the one before the click.
JS = """
export default function ({ parentElement, setTriggerValue }) {
  if (parentElement.asks) return;
  const ask = (after) => {
    clearTimeout(parentElement.asks);
    parentElement.asks = setTimeout(() => setTriggerValue('here', true), after);
  };
  const over = new AbortController();
  for (const kind of ['pointerdown', 'keydown'])
    window.addEventListener(kind, () => ask(1000), { capture: true, signal: over.signal });
  ask(200);
  return () => { over.abort(); clearTimeout(parentElement.asks); };
}
"""
ARRIVING = "arriving"  # begins the key of the rooms of the first step, which shell.py shades
_STATE = "arrival"

_knocks = st.components.v2.component("qscore_arrival", js=JS)


def begin() -> None:
    """Called by the router before all else: the first run of a session is the first step, any other the second."""
    st.session_state[_STATE] = "second" if _STATE in st.session_state else "first"


def first_step() -> bool:
    """Whether this run shows only what the page is about."""
    return st.session_state.get(_STATE) == "first"


def later(widget: Callable[..., Any], *arguments: Any, key: str, **settings: Any) -> Any:
    """What the widget `key` holds, which is drawn in the second step; in the first the session must have its value."""
    if first_step():
        return st.session_state[key]
    return widget(*arguments, key=key, persist_state="session", **settings)


def room(name: str, height: int) -> st.delta_generator.DeltaGenerator:
    """A container for widgets that come later: before that, as high as they will be, in pixels."""
    if first_step():
        return st.container(key=f"{ARRIVING}_{name}", height=height, border=False)
    return st.container()


@contextmanager
def said() -> Iterator[None]:
    """A word on the empty page of a new session: on a busy or freshly started server its first run takes a while."""
    with ExitStack() as until_drawn:
        with st.container():  # is there in both steps, so that what follows keeps its place
            if first_step():
                until_drawn.enter_context(st.spinner("Opening the page …"))
        yield


def knock() -> None:
    """Called last in a run: a browser that has the first step asks for the second."""
    if first_step():
        _knocks(key="arrival_knock", on_here_change=lambda: None)
