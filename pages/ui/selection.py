"""The images that a session has selected: set by a map or a grid, shared by all pages, saved as slices, exported.

It lives in the session's state, so that nobody sees another's; a saved one is in the address as `slice=NAME`, and the
map keeps its lasso there, so that a link opens the same selection. Pages call `current` before they show images and
`selection_bar.bar` where the selection should be told and taken away.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from pages.ui import address, cached, filter_state
from pages.ui.choice import Choice
from qscore_core.errors import SliceError
from qscore_core.slices import Slice, find_slice

STATE, NAME = "selection", "slice"
COMPLAINT = "slice_complaint"  # why the last click on a slice could not be done
LINK_KEYS = ("lasso", "alone")  # of the address, and only there while what they say is the selection
Link = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Selection:
    """Ids of images of one split; `source` says how they came together, `name` the slice that they are, if saved.

    `link` holds keys and values of the address from which whoever made the selection can make it again.
    """

    dataset: str
    split: str
    ids: tuple[str, ...]
    source: str
    name: str = ""
    link: Link = ()


def current(choice: Choice) -> Selection | None:
    """What this session has selected of the chosen split, or the slice that the address names; None for nothing."""
    if NAME in address.adopt({NAME: str}):
        clear()
    name, chosen = st.session_state.get(NAME, ""), st.session_state.get(STATE)
    if name and (chosen is None or chosen.name != name):
        chosen = _opened(name, choice)
    if chosen is not None and (chosen.dataset, chosen.split) != (choice.dataset, choice.split):
        chosen = None  # it waits for its split to be chosen again
    address.publish({**dict.fromkeys(LINK_KEYS), **(dict(chosen.link) if chosen else {})})
    address.publish({NAME: chosen.name if chosen else ""})
    return chosen


def select(choice: Choice, ids: Sequence[str], source: str, link: Link = ()) -> None:
    """Makes these images the selection; none of them is the same as `clear`."""
    _set(Selection(choice.dataset, choice.split, tuple(ids), source, link=link) if len(ids) else None)


def select_alone(choice: Choice, ids: Sequence[str], source: str) -> None:
    """The same without any filter, so that all of them are shown."""
    filter_state.reset()
    select(choice, ids, source)


def clear() -> None:
    """Nothing is selected any more."""
    _set(None)


def within(selection: Selection | None, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table that are selected, in the table's order; all of them without a selection."""
    if selection is None:
        return table
    # A set, because pandas' own ways hash the whole column, which a lasso among 100,000 images would wait for.
    wanted = set(selection.ids)
    return table[[str(image) in wanted for image in table["id"].tolist()]]


def _opened(name: str, choice: Choice) -> Selection | None:
    """The slice that the address names; without one of that name the address forgets it."""
    try:
        show(find_slice(name, choice.dataset, choice.split, cached.workspace()))
    except SliceError as error:
        st.session_state[COMPLAINT] = str(error)
        _set(None)
    return st.session_state[STATE]


def open_alone(chosen: Slice) -> None:
    """By a click: the slice alone, whatever was filtered before; a link brings its filters along."""
    filter_state.reset()
    show(chosen)


def show(chosen: Slice) -> None:
    """Makes a slice the selection."""
    _set(Selection(chosen.dataset, chosen.split, chosen.ids, f"slice {quoted(chosen.name)}", chosen.name))


def quoted(name: str) -> str:
    """A slice's name as it stands in sentences."""
    return f"“{name}”"


def _set(selection: Selection | None) -> None:
    st.session_state[STATE] = selection
    st.session_state[NAME] = selection.name if selection else ""
