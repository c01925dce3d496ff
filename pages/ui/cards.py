"""Scored images as cards of the gallery, and the words on them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from pages.ui import address, going
from pages.ui.gallery import Card, gallery
from pages.ui.pictures import picture_address
from pages.ui.view import View
from qscore_core.datasets import Dataset


def rows_by_id(dataset: Dataset) -> pd.Series:
    """Row of each image in its data set; representations leave out images that could not be read."""
    return _rows_by_id(dataset.digest, dataset)


@st.cache_resource(max_entries=16, show_spinner=False)
def _rows_by_id(digest: str, _dataset: Dataset) -> pd.Series:
    del digest
    return pd.Series(range(len(_dataset)), index=_dataset.table["id"].astype(str))


def card(row: Mapping[str, Any], address: str, note: str | None = None) -> Card:
    """`row` is one of `View.table`; as a plain dictionary, which a page of cards makes in a tenth of the time."""
    file = row["id"].rsplit("/", 1)[-1]
    name = row["class_name"] or file
    words = note if note is not None else f"Q {row['q_score']:.3f}"
    if not address and name != file:
        words = f"{file} · {words}"  # what else would tell one card from another
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
    addresses: list[str] | None = None,
    headings: Mapping[int, str] | None = None,
    split: str | None = None,
    lead_to: str | None = None,
    page_of: int | None = None,
    **state: object,
) -> None:
    """A gallery of rows of `View.table`; the picked one is what the pages on images show in full.

    A pick leads to the page `lead_to`, with `state` in the session; `addresses` are of pictures to show instead,
    `headings` stand before the rows at these places.
    `page_of`: how many cards a full page has, of which these may be the last few.
    """
    where = split or view.target.split
    pictures = addresses or picture_addresses(view.pictures(where), table)
    shown = [
        card(row, pictures[place], notes[place] if notes else None)
        for place, row in enumerate(table.to_dict("records"))
    ]
    for place, heading in (headings or {}).items():
        shown[place] = replace(shown[place], heading=heading)

    def pick(image: str) -> None:
        st.session_state.update({"image": image, "split": where, **state})
        if lead_to is not None:
            going.to(lead_to)

    gallery(shown, key=key, cell=cell, picked=picked_image(), on_pick=pick, full=page_of)


def picture_addresses(dataset: Dataset | None, table: pd.DataFrame) -> list[str]:
    """Addresses; empty ones for imported arrays, which have no pictures: their cards are words alone."""
    if dataset is None:
        return [""] * len(table)
    places = rows_by_id(dataset)
    return [picture_address(dataset, int(places[str(id_)])) for id_ in table["id"]]


def picked_image() -> str | None:
    """The image that is shown in full: the last one picked, else the one in the address."""
    address.adopt({"image": str})
    return st.session_state.get("image")


def set_picked(image: str) -> None:
    """Makes an image of the scored split the one that is shown in full."""
    st.session_state["image"] = image
