"""The line over a grid: what is shown of the selection, saved and opened as slices, exported as files."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import pandas as pd
import streamlit as st

from pages.ui import cached, classroom, selection
from pages.ui.choice import Choice
from pages.ui.selection import Selection
from pages.ui.words import counted, literal
from qscore_core.datasets import Dataset
from qscore_core.errors import QScoreError
from qscore_core.selection_export import MOST_PICTURES, TABLE_FORMATS, write_pictures
from qscore_core.slices import (
    LONGEST_NAME,
    Slice,
    delete_slice,
    list_slices,
    members,
    rename_slice,
    restore_slice,
    save_slice,
)

UNDO, SAVED = "slice_deleted", "slice_saved"
TABLE_LABELS = {".csv": "CSV", ".parquet": "Parquet", ".txt": "ids as text"}


def bar(
    choice: Choice,
    selected: Selection | None,
    shown: pd.DataFrame,
    among: pd.DataFrame,
    pictures: Dataset | None = None,
) -> None:
    """One line: how many rows of `among` are shown and where from; clear, save as slice, saved slices, export."""
    with st.container(horizontal=True, vertical_alignment="center"):
        where = _origin(selected, len(shown), among) if selected else ""
        st.markdown(f"**{len(shown):,} of {counted(len(among), 'image')}**{where}", width="stretch")
        if selected is not None:
            st.button(
                "Clear",
                icon=":material/close:",
                key="clear_selection",
                on_click=selection.clear,
                help="Shows all images again.",
            )
        if not classroom.on():
            _save(choice, shown, selected)
        _saved_slices(choice, selected)
        export(shown, pictures)
    _lost(selected, among)
    _last_words()


def _origin(selected: Selection, shown: int, among: pd.DataFrame) -> str:
    """Where the shown images come from, and how many of its images the filters of the page leave out."""
    left_out = len(selection.within(selected, among)) - shown
    filtered = f"; the filters hide {left_out:,} of its images" if left_out else ""
    return f" from {literal(selected.source)}{filtered}"


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


def _save(choice: Choice, table: pd.DataFrame, selected: Selection | None) -> None:
    with st.popover("Save as slice", icon=":material/bookmark_add:", disabled=table.empty):
        st.caption(f"Keeps the ids of {counted(len(table), 'image')} under a name, for every page and encoder.")
        st.text_input("Name", key="slice_name", max_chars=LONGEST_NAME, placeholder="striped, lost in reeds")
        source = selected.source if selected else "filters"
        st.button("Save", type="primary", key="slice_save", on_click=_keep, args=(choice, table["id"], source))


def _keep(choice: Choice, ids: pd.Series, source: str) -> None:
    if save(choice, st.session_state["slice_name"].strip(), tuple(ids), source):
        st.session_state["slice_name"] = ""


def save(choice: Choice, name: str, ids: Sequence[str], source: str) -> bool:
    """Keeps these images as a slice and makes it the selection; where that fails, the next run says why."""
    chosen = Slice(name, choice.dataset, choice.split, tuple(ids), source)
    with _told():
        save_slice(chosen, cached.workspace())
        selection.open_alone(chosen)
        st.session_state[SAVED] = f"Saved {counted(len(chosen.ids), 'image')} as slice {selection.quoted(chosen.name)}."
        return True
    return False


def _saved_slices(choice: Choice, selected: Selection | None) -> None:
    """Opens, renames and deletes the slices of this split."""
    known = list_slices(cached.workspace(), choice.dataset, choice.split)
    with st.popover("Slices", icon=":material/bookmarks:"):
        if not known:
            st.caption("No slice of this split is saved yet. Select images, then save them under a name.")
        for number, one in enumerate(known):
            label = f"{literal(one.name)} ({len(one.ids):,})"
            st.button(label, key=f"slice_open_{number}", on_click=selection.open_alone, args=(one,), width="stretch")
        named = next((one for one in known if selected and one.name == selected.name), None)
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
        selection.show(rename_slice(named, st.session_state["slice_new_name"], cached.workspace()))
        st.session_state["slice_new_name"] = ""


def _delete(named: Slice) -> None:
    with _told():
        delete_slice(named.name, named.dataset, named.split, cached.workspace())
        st.session_state[UNDO] = named
        selection.clear()


def _undo(named: Slice) -> None:
    del st.session_state[UNDO]
    with _told():
        selection.show(restore_slice(named.name, named.dataset, named.split, cached.workspace()))


def _last_words() -> None:
    """What the last click did or why it could not, and the way back from a deletion."""
    if saved := st.session_state.pop(SAVED, ""):
        st.toast(literal(saved), icon=":material/bookmark_added:")
    if complaint := st.session_state.pop(selection.COMPLAINT, ""):
        st.error(complaint, icon=":material/error:")
    gone = st.session_state.get(UNDO)
    if gone is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Slice {literal(gone.name)} is deleted.")
            st.button("Undo", icon=":material/undo:", key="slice_undo", on_click=_undo, args=(gone,))


def _lost(selected: Selection | None, among: pd.DataFrame) -> None:
    """Says how many images of an opened slice the split no longer has."""
    if selected is None or not selected.name:
        return
    lost = len(members(selected.ids, among["id"]).unknown)
    if lost:
        st.warning(f"No longer in the split, and so not shown: {counted(lost, 'image')} of this slice.")


@contextmanager
def _told() -> Iterator[None]:
    """An error inside a callback is shown by the run that follows it."""
    try:
        yield
    except QScoreError as error:
        st.session_state[selection.COMPLAINT] = str(error)
