"""Aligned images as cards: the heat of what fires in them, and the words on them."""

import pandas as pd
import streamlit as st

from pages.ui import address, going
from pages.ui.gallery import Card, gallery
from pages.ui.looked import Looked
from pages.ui.map_pictures import map_address
from pages.ui.view import View
from qscore_core.alignment import judged_table
from qscore_core.heatmaps import jpeg

EACH = 8
ORDERS = {
    "drawn at random": None,
    "lowest Q": ("q_score", True),
    "highest Q": ("q_score", False),
    "least on the core": ("core", True),
    "most on the core": ("core", False),
    "most on the spurious": ("spurious", False),
}


def choose_order() -> str:
    """Which images stand for a group; at first a random draw, which favours nobody."""
    st.session_state.setdefault("examples", next(iter(ORDERS)))
    address.adopt({"examples": address.one_of(*ORDERS)})
    chosen = st.segmented_control(
        "Images", list(ORDERS), required=True, key="examples", persist_state="session", label_visibility="collapsed"
    )
    address.publish({"examples": chosen})
    return chosen


@st.cache_data(max_entries=32, show_spinner=False)
def _table(key: str, _looked: Looked, metric: str) -> pd.DataFrame:
    del key
    return judged_table(_looked.judged, metric)


def table_of(looked: Looked, metric: str) -> pd.DataFrame:
    return _table(looked.key, looked, metric)


def ordered(rows: pd.DataFrame, order: str) -> pd.DataFrame:
    """The first few in that order; the random one is the same at every look."""
    by = ORDERS[order]
    if by is None:
        return rows.sample(min(EACH, len(rows)), random_state=0)
    return rows.sort_values(by[0], ascending=by[1], kind="stable").head(EACH)


def show(view: View, looked: Looked, rows: pd.DataFrame, notes: list[str], key: str) -> None:
    """A gallery that leads to the page of an image, with this encoder."""
    dataset = view.pictures(view.target.split)
    assert dataset is not None  # alignments are of pictures
    drawn = looked.overlays(dataset, list(rows["id"]))
    cards = [
        _card(row, map_address(jpeg(picture)), note)
        for (_, row), picture, note in zip(rows.iterrows(), drawn, notes, strict=True)
    ]
    gallery(cards, key=key, cell=104, on_pick=lambda image: going.to("image", image=image, encoder=looked.ref))


def _card(row: pd.Series, picture: str, note: str) -> Card:
    words = f"Heat on picture {row['id']}: {row['class_name']}"
    if row["correct"]:
        return Card(row["id"], picture, row["class_name"], note, f"{words}, classified correctly", "✓", "correct")
    answer = f"✗ {row['predicted']}"
    return Card(row["id"], picture, row["class_name"], note, f"{words}, taken for {row['predicted']}", answer, "wrong")
