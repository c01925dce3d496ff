"""The images that a session has selected: set by a map or a grid, shared by all pages, saved as slices, exported.

It lives in the session's state, so that nobody sees another's; a saved one is in the address as `slice=NAME`, and the
map keeps its lasso there, so that a link opens the same selection. Pages call `current` before they show images and
`bar` where the selection should be told and taken away.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import pandas as pd
import streamlit as st

from pages.ui import address, cached, classroom, filter_state
from pages.ui.choice import Choice
from pages.ui.words import counted, literal
from qscore_core.datasets import Dataset
from qscore_core.errors import QScoreError, SliceError
from qscore_core.selection_export import MOST_PICTURES, TABLE_FORMATS, write_pictures
from qscore_core.slices import (
    LONGEST_NAME,
    Slice,
    delete_slice,
    find_slice,
    list_slices,
    members,
    rename_slice,
    restore_slice,
    save_slice,
)

STATE, NAME, UNDO, COMPLAINT, SAVED = "selection", "slice", "slice_deleted", "slice_complaint", "slice_saved"
LINK_KEYS = ("lasso", "alone")  # of the address, and only there while what they say is the selection
Link = tuple[tuple[str, str], ...]
HELP_CLEAR = "Shows all images again."
TABLE_LABELS = {".csv": "CSV", ".parquet": "Parquet", ".txt": "ids as text"}


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


def bar(
    choice: Choice,
    selection: Selection | None,
    shown: pd.DataFrame,
    among: pd.DataFrame,
    pictures: Dataset | None = None,
) -> None:
    """One line: how many rows of `among` are shown and where from; clear, save as slice, saved slices, export."""
    with st.container(horizontal=True, vertical_alignment="center"):
        where = _origin(selection, len(shown), among) if selection else ""
        st.markdown(f"**{len(shown):,} of {counted(len(among), 'image')}**{where}", width="stretch")
        if selection is not None:
            st.button("Clear", icon=":material/close:", key="clear_selection", on_click=clear, help=HELP_CLEAR)
        if not classroom.on():
            _save(choice, shown, selection)
        _saved_slices(choice, selection)
        export(shown, pictures)
    _lost(selection, among)
    _last_words()


def _origin(selection: Selection, shown: int, among: pd.DataFrame) -> str:
    """Where the shown images come from, and how many of its images the filters of the page leave out."""
    left_out = len(within(selection, among)) - shown
    filtered = f"; the filters hide {left_out:,} of its images" if left_out else ""
    return f" from {literal(selection.source)}{filtered}"


def export(table: pd.DataFrame, pictures: Dataset | None = None) -> None:
    """A button with the shown rows as files, each made when it is asked for."""
    with st.popover("Export", icon=":material/download:", disabled=table.empty):
        for ending, label in TABLE_LABELS.items():
            make = partial(TABLE_FORMATS[ending], table)
            st.download_button(label, make, f"images{ending}", key=f"export{ending}", on_click="ignore")
        if pictures is not None:
            many = f", the first {MOST_PICTURES:,}" if len(table) > MOST_PICTURES else ""
            label = f"pictures as zip{many}"
            make = partial(_zipped, table, pictures)
            st.download_button(label, make, "images.zip", "application/zip", key="export.zip", on_click="ignore")


def _zipped(table: pd.DataFrame, pictures: Dataset) -> io.BytesIO:
    held = io.BytesIO()  # a file on disk would spare nothing: Streamlit takes its bytes into memory
    write_pictures(table, pictures, held)
    return held


def _save(choice: Choice, table: pd.DataFrame, selection: Selection | None) -> None:
    with st.popover("Save as slice", icon=":material/bookmark_add:", disabled=table.empty):
        st.caption(f"Keeps the ids of {counted(len(table), 'image')} under a name, for every page and encoder.")
        st.text_input("Name", key="slice_name", max_chars=LONGEST_NAME, placeholder="striped, lost in reeds")
        source = selection.source if selection else "filters"
        st.button("Save", type="primary", key="slice_save", on_click=_keep, args=(choice, table["id"], source))


def _keep(choice: Choice, ids: pd.Series, source: str) -> None:
    if save(choice, st.session_state["slice_name"].strip(), tuple(ids), source):
        st.session_state["slice_name"] = ""


def save(choice: Choice, name: str, ids: Sequence[str], source: str) -> bool:
    """Keeps these images as a slice and makes it the selection; where that fails, the next run says why."""
    chosen = Slice(name, choice.dataset, choice.split, tuple(ids), source)
    with _told():
        save_slice(chosen, cached.workspace())
        _open(chosen)
        st.session_state[SAVED] = f"Saved {counted(len(chosen.ids), 'image')} as slice {_quoted(chosen.name)}."
        return True
    return False


def _saved_slices(choice: Choice, selection: Selection | None) -> None:
    """Opens, renames and deletes the slices of this split."""
    known = list_slices(cached.workspace(), choice.dataset, choice.split)
    with st.popover("Slices", icon=":material/bookmarks:"):
        if not known:
            st.caption("No slice of this split is saved yet. Select images, then save them under a name.")
        for number, one in enumerate(known):
            label = f"{literal(one.name)} ({len(one.ids):,})"
            st.button(label, key=f"slice_open_{number}", on_click=_open, args=(one,), width="stretch")
        named = next((one for one in known if selection and one.name == selection.name), None)
        if named is not None and not classroom.on():
            _change(named)


def _change(named: Slice) -> None:
    st.divider()
    st.text_input("Another name for the open slice", key="slice_new_name", max_chars=LONGEST_NAME)
    left, right = st.columns(2)
    left.button("Rename", key="slice_rename", on_click=_rename, args=(named,), width="stretch")
    right.button("Delete", key="slice_delete", on_click=_delete, args=(named,), width="stretch")


def _rename(named: Slice) -> None:
    with _told():
        _show(rename_slice(named, st.session_state["slice_new_name"], cached.workspace()))
        st.session_state["slice_new_name"] = ""


def _delete(named: Slice) -> None:
    with _told():
        delete_slice(named.name, named.dataset, named.split, cached.workspace())
        st.session_state[UNDO] = named
        clear()


def _undo(named: Slice) -> None:
    del st.session_state[UNDO]
    with _told():
        _show(restore_slice(named.name, named.dataset, named.split, cached.workspace()))


def _last_words() -> None:
    """What the last click did or why it could not, and the way back from a deletion."""
    if saved := st.session_state.pop(SAVED, ""):
        st.toast(literal(saved), icon=":material/bookmark_added:")
    if complaint := st.session_state.pop(COMPLAINT, ""):
        st.error(complaint, icon=":material/error:")
    gone = st.session_state.get(UNDO)
    if gone is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Slice {literal(gone.name)} is deleted.")
            st.button("Undo", icon=":material/undo:", key="slice_undo", on_click=_undo, args=(gone,))


def _lost(selection: Selection | None, among: pd.DataFrame) -> None:
    """Says how many images of an opened slice the split no longer has."""
    if selection is None or not selection.name:
        return
    lost = len(members(selection.ids, among["id"]).unknown)
    if lost:
        st.warning(f"No longer in the split, and so not shown: {counted(lost, 'image')} of this slice.")


@contextmanager
def _told() -> Iterator[None]:
    """An error inside a callback is shown by the run that follows it."""
    try:
        yield
    except QScoreError as error:
        st.session_state[COMPLAINT] = str(error)


def _opened(name: str, choice: Choice) -> Selection | None:
    """The slice that the address names; without one of that name the address forgets it."""
    try:
        _show(find_slice(name, choice.dataset, choice.split, cached.workspace()))
    except SliceError as error:
        st.session_state[COMPLAINT] = str(error)
        _set(None)
    return st.session_state[STATE]


def _open(chosen: Slice) -> None:
    """By a click: the slice alone, whatever was filtered before; a link brings its filters along."""
    filter_state.reset()
    _show(chosen)


def _show(chosen: Slice) -> None:
    _set(Selection(chosen.dataset, chosen.split, chosen.ids, f"slice {_quoted(chosen.name)}", chosen.name))


def _quoted(name: str) -> str:
    return f"“{name}”"


def _set(selection: Selection | None) -> None:
    st.session_state[STATE] = selection
    st.session_state[NAME] = selection.name if selection else ""
