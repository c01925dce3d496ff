"""Scored images as cards of the gallery, and the words on them."""

import pandas as pd
import streamlit as st

from pages.ui import address
from pages.ui.gallery import Card, gallery
from pages.ui.menu import BY_NAME
from pages.ui.pictures import picture_address
from pages.ui.view import View
from qscore_core.datasets import Dataset


def rows_by_id(dataset: Dataset) -> pd.Series:
    """Row of each image in its data set; representations leave out images that could not be read."""
    return pd.Series(range(len(dataset)), index=dataset.table["id"].astype(str))


def card(row: pd.Series, address: str, note: str | None = None) -> Card:
    name = row["class_name"] or row["id"].rsplit("/", 1)[-1]
    words = note if note is not None else f"Q {row['q_score']:.3f}"
    picture = f"Picture {row['id']}: {name}"
    if "correct" not in row:
        return Card(str(row["id"]), address, name, words, picture)
    if row["correct"]:
        return Card(str(row["id"]), address, name, words, f"{picture}, classified correctly", "✓ correct", "correct")
    answer = f"✗ {row['predicted']}"
    return Card(str(row["id"]), address, name, words, f"{picture}, taken for {row['predicted']}", answer, "wrong")


def show(
    view: View,
    table: pd.DataFrame,
    *,
    key: str,
    cell: int = 118,
    notes: list[str] | None = None,
    split: str | None = None,
) -> None:
    """A gallery of rows of `View.table`; the picked one is what the low-Q page shows in full."""
    dataset = view.pictures(split or view.target.split)
    if dataset is None:
        st.dataframe(table[["id", "class_name", "q_score"]], hide_index=True)
        return
    places = rows_by_id(dataset)
    shown = [
        card(row, picture_address(dataset, int(places[str(row["id"])])), notes[place] if notes else None)
        for place, (_, row) in enumerate(table.iterrows())
    ]
    where = split or view.target.split
    gallery(shown, key=key, cell=cell, picked=picked_image(), on_pick=lambda image: _pick(image, where))


def picked_image() -> str | None:
    """The image that the low-Q page shows in full: the last one picked, else the one in the address."""
    address.adopt({"image": str})
    return st.session_state.get("image")


def _pick(image: str, split: str) -> None:
    st.session_state["image"] = image
    st.session_state["split"] = split
    st.session_state["open_image"] = True


def open_picked() -> None:
    """Called at the end of a page whose galleries lead to the low-Q page."""
    if st.session_state.pop("open_image", False):
        st.switch_page(BY_NAME["low_q"].script)
