"""Groups of images with low Q that share attributes, found by a job without labels; each can be shown or saved."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.ui import cards, classroom, selection, work
from pages.ui.view import View
from qscore_core.slices import LONGEST_NAME

SHOWN = 8
WORDS = (
    "Clusters of the representations that hold more images of low Q than chance gives, told by what their low images "
    "share. Found by Q alone: labels, where there are some, only say how often the probe errs there."
)
SOURCE = "groups of low Q"
Group = dict[str, Any]


def panel(view: View, table: pd.DataFrame) -> None:
    """The groups at the settings of the sidebar, or the job that looks for them."""
    with st.expander("Groups of low-Q images that share something", icon=":material/workspaces:"):
        st.caption(WORDS)
        found = work.slices_panel(view.choice, view.settings)
        if found is None:
            return
        if not found:
            st.info("No cluster holds more images of low Q than chance gives.")
            return
        st.dataframe(_overview(found), hide_index=True, alt="Groups, the least likely by chance first")
        _closely(view, table, found)


def _overview(found: list[Group]) -> pd.DataFrame:
    return pd.DataFrame([_row(number, group) for number, group in enumerate(found, 1)])


def _row(number: int, group: Group) -> dict[str, Any]:
    row = {
        "group": number,
        "what they share": ", ".join(_attribute(one) for one in group["attributes"]) or "nothing the table knows",
        "images": group["images"],
        "low in the cluster": f"{group['low_share']:.0%}",
        "mean Q": f"{group['mean_q']:.3f}",
    }
    if group["error"] is None:
        return row
    low, high = group["error_ci"]
    title = f"probe errs on (all images: {group['error_everywhere']:.0%})"
    return row | {title: f"{group['error']:.0%} ({low:.0%} to {high:.0%})"}


def _attribute(one: dict[str, Any]) -> str:
    return f"{one['column'].replace('_', ' ')} {one['value']} ({one['share']:.0%}, {one['lift']:.1f}×)"


def _closely(view: View, table: pd.DataFrame, found: list[Group]) -> None:
    """The lowest images of a group, and the ways to take it along."""
    numbers = list(range(1, len(found) + 1))
    if st.session_state.get("group") not in numbers:
        st.session_state["group"] = numbers[0]
    number = st.segmented_control("Group", numbers, required=True, key="group")
    group = found[number - 1]
    rows = table[table["id"].astype(str).isin(group["ids"][:SHOWN])].sort_values("q_score")
    cards.show(view, rows, key="group_images", cell=96)
    name = f"group {number}: {group['title'].replace('_', ' ')}"[:LONGEST_NAME]
    with st.container(horizontal=True):
        st.button(
            "Show this group",
            icon=":material/filter_alt:",
            key="group_show",
            on_click=selection.select,
            args=(view.choice, group["ids"], name),
        )
        st.button(
            "Save as slice",
            icon=":material/bookmark_add:",
            key="group_save",
            disabled=classroom.on(),
            on_click=selection.save,
            args=(view.choice, name, group["ids"], SOURCE),
            help="Under the name of what its images share, for every page and encoder; it can be renamed there.",
        )
