"""The images that the encoder represents badly: ranked, filtered, and each explained by its own features."""

import pandas as pd
import streamlit as st

from pages.ui import address, cached, cards, column_filter, found_slices, image_map, selection, work
from pages.ui.one_image import explained
from pages.ui.view import View, current_view

PER_PAGE = 24
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
OUTCOMES = ("all", "mis-classified", "correct")


def filtered(view: View, table: pd.DataFrame) -> pd.DataFrame:
    """What the user wants to see, in the order wanted."""
    known = "correct" in table
    orders = [order for order, (columns, _) in ORDERS.items() if set(columns) <= set(table)]
    _adopt_filters(view, orders)
    first, second, third, fourth = st.columns([2, 2, 2, 2], vertical_alignment="bottom")
    order = first.selectbox("Order", orders, key="order", persist_state="session", help=TRUST_HELP)
    classes = second.multiselect(
        "Classes", view.target.classes, key="classes", placeholder="all", persist_state="session"
    )
    outcome = OUTCOMES[0]
    if known:
        outcome = third.segmented_control("Outcome", OUTCOMES, required=True, key="outcome", persist_state="session")
    low, high = fourth.slider("Q, % of the images from the lowest", 0, 100, key="q_range", persist_state="session")
    address.publish({"order": order, "classes": classes, "outcome": outcome, "q_range": (low, high)})
    # Ranks and not values: they mean the same at every epsilon.
    rank = 100 * table["q_score"].rank(method="first") / max(len(table), 1)
    keep = (rank > low) & (rank <= high) if low else rank <= high
    if classes:
        keep &= table["class_name"].isin(classes)
    if outcome != OUTCOMES[0]:
        keep &= table["correct"] == (outcome == "correct")
    columns, ascending = ORDERS[order]
    return table[keep].sort_values(columns, ascending=ascending, kind="stable")


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
    low, high = sorted(state.get("q_range", (0, 100)))
    state["q_range"] = (max(low, 0), min(high, 100))


def grid(view: View, table: pd.DataFrame) -> None:
    """A page of the images that fit."""
    if table.empty:
        st.info("No image fits these filters. Widen the Q range or choose all classes.")
        return
    pages = -(-len(table) // PER_PAGE)
    # The key holds the number of pages: with other filters the first page is shown, never one that no longer exists.
    key = f"page_of_{pages}"
    first = (st.session_state.get(key, 1) - 1) * PER_PAGE
    shown = table.iloc[first : first + PER_PAGE]
    cards.show(view, shown, key="grid", cell=110)
    if pages > 1:
        st.pagination(pages, key=key)
    st.caption(f"{first + 1:,} to {first + len(shown):,} of {len(table):,} shown")


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
shown = selection.within(selected, column_filter.kept(filtered(view, table)))
selection.bar(view.choice, selected, shown, table, view.pictures(view.target.split))
left, right = st.columns([2.6, 1], gap="large")
with left:
    image_map.draw(view, table, shown, selected)
    grid(view, shown)
with right:
    explained(view, table, shown)
found_slices.panel(view, table)
