"""The images that the encoder represents badly: ranked, filtered, and each explained by its own features."""

import pandas as pd
import streamlit as st

from pages.ui import (
    address,
    arrival,
    body,
    cached,
    cards,
    class_contrast,
    column_filter,
    found_slices,
    image_map,
    page_number,
    selection,
    selection_bar,
    work,
)
from pages.ui.arrival import later
from pages.ui.filter_state import EVERYTHING, OUTCOMES
from pages.ui.one_image import explained
from pages.ui.shell import STACKS
from pages.ui.view import View, current_view

PER_PAGE = 24
FILTERS_HEIGHT, LAYOUT_HEIGHT = 206, 60  # pixels
RANGE_WIDTH = 260  # pixels
MISTAKES = "most confident mistakes"
TRUST_HELP = (
    "Q explains, by the features that fire; trust, a mean rank of four other signals, is there to predict. "
    "It is offered once the signals were compared on the page “Does Q predict mistakes?”."
)
ORDERS = {
    "lowest Q first": (["q_score"], True),
    "highest Q first": (["q_score"], False),
    "lowest trust first": (["trust"], True),
    MISTAKES: (["correct", "confidence"], [True, False]),
}
LAYOUTS = ("by rank", BY_CLASS := "low beside high Q, class by class")
LAYOUT_HELP = "Of each class, what the filters leave with the lowest Q beside the highest Q of the whole class."


def filtered(view: View, table: pd.DataFrame) -> pd.DataFrame:
    """What the user wants to see, in the order wanted."""
    known = "correct" in table
    orders = [order for order, (columns, _) in ORDERS.items() if set(columns) <= set(table)]
    _adopt_filters(view, orders)
    first, second, third = st.columns(3)  # fields of one height; what is of another stands in the line below
    below = st.container(horizontal=True, gap="large")
    order = later(first.selectbox, "Order", orders, key="order", help=TRUST_HELP)
    classes = later(second.multiselect, "Classes", view.target.classes, key="classes", placeholder="all")
    outcome = OUTCOMES[0]
    if known:
        outcome = later(below.segmented_control, "Outcome", OUTCOMES, required=True, key="outcome")
    words = "Q, % of the images from the lowest"
    low, high = later(below.slider, words, *EVERYTHING, key="q_range", width=RANGE_WIDTH)
    address.publish({"order": order, "classes": classes, "outcome": outcome, "q_range": (low, high)})
    rows = _in_order(f"{view.key}/{list(table)}", order, table)
    if (low, high) != EVERYTHING:
        # Ranks and not values: they mean the same at every epsilon.
        rank = (100 * table["q_score"].rank(method="first") / max(len(table), 1)).loc[rows.index]
        rows = rows[(rank > low) & (rank <= high) if low else rank <= high]
    if classes:
        rows = rows[rows["class_name"].isin(classes)]
    if outcome != OUTCOMES[0]:
        rows = rows[rows["correct"] == (outcome == "correct")]
    return column_filter.kept(rows, third, below)


@st.cache_resource(max_entries=4, show_spinner=False)
def _in_order(key: str, order: str, _table: pd.DataFrame) -> pd.DataFrame:
    """All images in an order; `key` names the table. To sort 100,000 rows takes longer than the rest of the page."""
    del key
    columns, ascending = ORDERS[order]
    return _table.sort_values(columns, ascending=ascending, kind="stable")


def _adopt_filters(view: View, orders: list[str]) -> None:
    """Filters from the address or from before; what this data does not have is dropped."""
    address.adopt(
        {
            "order": address.one_of(*orders),
            "classes": address.listing,
            "outcome": address.one_of(*OUTCOMES),
            "q_range": lambda text: tuple(int(part) for part in text.split(",", 1)),
        }
    )
    state = st.session_state
    if state.get("order") not in orders:
        state["order"] = orders[0]
    if state.get("outcome") not in OUTCOMES:
        state["outcome"] = OUTCOMES[0]
    state["classes"] = [name for name in state.get("classes", []) if name in view.target.classes]
    low, high = sorted(state.get("q_range", EVERYTHING))
    state["q_range"] = (max(low, 0), min(high, 100))


def grid(view: View, table: pd.DataFrame, among: pd.DataFrame) -> None:
    """The images that fit: a page of them by rank, or low beside high Q of each class."""
    if table.empty:
        st.info("No image fits these filters. Widen the Q range or choose all classes.")
        return
    if _layout(view) == BY_CLASS:
        class_contrast.show(view, table, among)
        return
    pages = -(-len(table) // PER_PAGE)
    first = (page_number.current(pages) - 1) * PER_PAGE
    shown = table.iloc[first : first + PER_PAGE]
    cards.show(view, shown, key="grid", cell=100, page_of=PER_PAGE)
    if arrival.first_step():
        return
    page_number.choose(pages)
    st.caption(f"{first + 1:,} to {first + len(shown):,} of {len(table):,} shown")


def _layout(view: View) -> str:
    """How the images stand; without classes there is one way only."""
    if not view.target.classes:
        return LAYOUTS[0]
    address.adopt({"layout": address.one_of(*LAYOUTS)})
    st.session_state.setdefault("layout", LAYOUTS[0])
    with arrival.room("layout", LAYOUT_HEIGHT):
        layout = later(st.segmented_control, "Images", LAYOUTS, required=True, key="layout", help=LAYOUT_HELP)
    address.publish({"layout": None if layout == LAYOUTS[0] else layout})
    return layout


def page() -> None:
    view = current_view()
    table = view.table()
    if (trusted := cached.trust_of(view.analysis)) is not None:
        table = table.assign(trust=trusted)
    if view.labelled and "correct" not in table:
        with st.container(border=True):
            st.write("There are labels: with a linear probe you can filter by correct and mis-classified.")
            work.probe_panel(view.choice)
    image_map.adopt(view, table)
    selected = selection.current(view.choice)
    with arrival.room("filters", FILTERS_HEIGHT):
        shown = selection.within(selected, filtered(view, table))
        if not arrival.first_step():
            selection_bar.bar(view.choice, selected, shown, table, view.pictures(view.target.split))
    with st.container(key=STACKS):
        left, right = st.columns([2.6, 1], gap="large")
    with left:
        image_map.draw(view, table, shown, selected)
        grid(view, shown, table)
    if arrival.first_step():
        return
    with right:
        explained(view, table, shown)
    found_slices.panel(view, table)


body.alone(page)
