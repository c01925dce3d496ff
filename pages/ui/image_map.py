"""The map of a split's representations: which layout, which colours, and the lasso that becomes the selection."""

import numpy as np
import pandas as pd
import streamlit as st
from pandas.api.types import is_numeric_dtype

from pages.ui import address, arrival, cached, cards, selection, work
from pages.ui.arrival import later
from pages.ui.scatter import Lasso, Look, Pictures, scatter
from pages.ui.view import View
from qscore_core.projection import METHODS, PCA_SETTINGS, UMAP_SETTINGS, Projection, ProjectionSettings
from qscore_core.scatter import Colouring, inside, lasso_text, read_lasso

CONTROLS_HEIGHT, READING_HEIGHT = 70, 40  # pixels
LAYOUTS = {"pca": "PCA", "umap": "UMAP"}
SETTINGS: dict[str, ProjectionSettings] = {"pca": PCA_SETTINGS, "umap": UMAP_SETTINGS}
FIRST_COLUMNS = {"q_score": "Q-Score", "class_name": "class", "correct": "correct", "predicted": "predicted class"}
NO_COLUMNS = {"id", "path", "label", "split", "class"}  # `class_name` says the same


def adopt(view: View, table: pd.DataFrame) -> None:
    """Takes layout, colours and lasso from the address; a lasso in it becomes the selection."""
    parsers = {"map": address.one_of(*METHODS), "colour": str, "lasso": _checked, "alone": str}
    if "lasso" in address.adopt(parsers):
        selection.clear()
    state = st.session_state
    state["map"] = state.get("map") if state.get("map") in METHODS else METHODS[0]
    if state.get("colour") not in colour_columns(table):
        state["colour"] = next(iter(colour_columns(table)))
    line, alone = state.pop("lasso", ""), state.pop("alone", "")
    found = _projection(view, state["map"])
    if line and found is not None:
        _select(view, table, found, line, alone)


def colour_columns(table: pd.DataFrame) -> dict[str, str]:
    """Columns that colours can show, and what people call them: the usual ones first."""
    usual = {name: title for name, title in FIRST_COLUMNS.items() if name in table and _says_something(table[name])}
    others = [name for name in table.columns if name not in FIRST_COLUMNS and name not in NO_COLUMNS]
    return usual | {name: name.replace("_", " ") for name in others}


def _says_something(column: pd.Series) -> bool:
    """Numbers do; of texts one that is not empty, which is mostly the first: to compare all takes longer."""
    return is_numeric_dtype(column) or any(text != "" for text in column)


def draw(view: View, table: pd.DataFrame, shown: pd.DataFrame, selected: selection.Selection | None) -> None:
    """The map with its controls; images that are not in `shown` stay as shadows."""
    titles = colour_columns(table)
    with arrival.room("look", CONTROLS_HEIGHT):
        left, right = st.columns([1, 1], vertical_alignment="bottom")
        layout = later(left.segmented_control, "Map", METHODS, format_func=LAYOUTS.get, key="map", required=True)
        column = later(right.selectbox, "Colour", list(titles), format_func=titles.get, key="colour")
    address.publish({"map": layout, "colour": column})
    found = _projection(view, layout)
    if found is None:
        st.info("UMAP brings images with similar representations together. It takes a minute or more, once.")
        work.projection_panel(view.choice, layout)
        return
    points = cached.map_points(view.target, SETTINGS[layout])
    colouring = _colouring(view, table, found, column)
    scatter(
        points,
        colouring,
        key="image_map",
        alt=f"{LAYOUTS[layout]} map of {len(points):,} images, coloured by {titles[column]}; the grid lists them all",
        on_lasso=lambda lasso: _lassoed(view, table, found, colouring, column, lasso),
        on_pick=lambda place: cards.set_picked(str(table["id"].iloc[found.rows[place]])),
        look=_look(table, shown, found, selected),
        pictures=_pictures(view, table, found),
        total=found.images,
        height=440,
    )
    with arrival.room("reading", READING_HEIGHT):
        if not arrival.first_step():
            _reading(found)


def _reading(found: Projection) -> None:
    words = st.expander("How to read this map", key="map_words", on_change="rerun")
    if words.open:
        words.caption(found.in_words())


def _projection(view: View, layout: str) -> Projection | None:
    return cached.projection(view.target, SETTINGS[layout])


def _colouring(view: View, table: pd.DataFrame, found: Projection, column: str) -> Colouring:
    probed = "correct" in table
    titles, values = colour_columns(table), table[column].iloc[found.rows]
    return cached.colouring(
        view.target.folder, view.fit.folder, view.settings, found.settings, column, probed, titles[column], values
    )


def _look(table: pd.DataFrame, shown: pd.DataFrame, found: Projection, selected: selection.Selection | None) -> Look:
    # The rows of `shown` carry their places in `table` as index.
    mask = np.zeros(len(table), bool)
    mask[shown.index] = True
    line = dict(selected.link).get("lasso", "") if selected else ""
    on_this_map = selected is not None and dict(selected.link).get("map") == found.settings.method
    return Look(
        shown=None if len(shown) == len(table) else mask[found.rows],
        line=read_lasso(line) if line and on_this_map else (),
        picked=_place(table, found, cards.picked_image()),
    )


def _place(table: pd.DataFrame, found: Projection, image: str | None) -> int | None:
    """Which point an image is, None where it is none."""
    row = np.flatnonzero((table["id"] == image).to_numpy())
    place = np.flatnonzero(found.rows == row[0]) if len(row) else []
    return int(place[0]) if len(place) else None


def _pictures(view: View, table: pd.DataFrame, found: Projection) -> Pictures | None:
    dataset = view.pictures(view.target.split)
    if dataset is None:
        return None
    return Pictures(dataset, cards.rows_by_id(dataset)[table["id"].iloc[found.rows].astype(str)].to_numpy())


def _lassoed(
    view: View, table: pd.DataFrame, found: Projection, colouring: Colouring, column: str, lasso: Lasso
) -> None:
    alone = "" if lasso.only is None else f"{column}:{colouring.names[lasso.only]}"
    _select(view, table, found, lasso_text(lasso.line) if lasso.line else "", alone)


def _select(view: View, table: pd.DataFrame, found: Projection, line: str, alone: str) -> None:
    chosen = inside(cached.map_points(view.target, found.settings), read_lasso(line))
    column, _, name = alone.partition(":")
    if column in colour_columns(table):
        colouring = _colouring(view, table, found, column)
        if name in colouring.names:
            chosen &= colouring.codes == colouring.names.index(name)
    layout = found.settings.method
    ids = table["id"].iloc[found.rows[chosen]]
    link = (("map", layout), ("lasso", line), ("alone", alone))
    selection.select(view.choice, ids.astype(str).tolist(), f"lasso on the {LAYOUTS[layout]} map", link)


def _checked(text: str) -> str:
    read_lasso(text)
    return text
