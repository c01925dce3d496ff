"""Groups of images with low Q, found by a job without labels, with what they share; each can be shown or saved."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.ui import cards, classroom, selection, selection_bar, work
from pages.ui.view import View
from pages.ui.words import literal
from qscore_core.slice_traits import NOTHING_COMMON, Attribute, common, title_of
from qscore_core.slices import LONGEST_NAME

SHOWN = 8
TITLE = "Groups of low-Q images that lie together"
WORDS = (
    "Clusters of the representations that hold more images of low Q than chance gives. They are found by Q alone, "
    "without labels, and then told by what at least half of their low images share, clearly more often than all images "
    "do: columns of the table, features that fire, and last the class, where it is known."
)
SOURCE = "groups of low Q"
Group = dict[str, Any]


def panel(view: View, table: pd.DataFrame) -> None:
    """The groups at the settings of the sidebar, or the job that looks for them."""
    folded = st.expander(TITLE, icon=":material/workspaces:", key="found_slices", on_change="rerun")
    if folded.open:
        with folded:
            _groups(view, table)


def _groups(view: View, table: pd.DataFrame) -> None:
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
        "what they share": ", ".join(_attribute(one) for one in _shared(group)) or NOTHING_COMMON,
        "images": group["images"],
        "low in the cluster": f"{group['low_share']:.0%}",
        "mean Q": f"{group['mean_q']:.3f}",
    }
    if group["error"] is None:
        return row
    low, high = group["error_ci"]
    title = f"probe errs on (all images: {group['error_everywhere']:.0%})"
    return row | {title: f"{group['error']:.0%} ({low:.0%} to {high:.0%})"}


def _attributes(group: Group) -> list[Attribute]:
    return [Attribute(**one) for one in group["attributes"]]


def _shared(group: Group) -> tuple[Attribute, ...]:
    return common(_attributes(group), group["images"])


def _attribute(one: Attribute) -> str:
    return str(one).replace("_", " ")


def _in_words(group: Group) -> str:
    """What the images of the group on show share, or how little."""
    if shared := _shared(group):
        here = [f"{_name(one)} (**{one.share:.0%}** of them, {one.everywhere:.0%} of all images)" for one in shared]
        return f"What they share: {'; '.join(here)}."
    nearest = max(_attributes(group), key=lambda one: one.share, default=None)
    if nearest is None:
        return "**No clear common trait**: nothing that is known of the images is more frequent here than elsewhere."
    return (
        f"**No clear common trait.** What comes nearest: {_name(nearest)}, which is {nearest.share:.0%} of them and "
        f"{nearest.everywhere:.0%} of all images."
    )


def _name(one: Attribute) -> str:
    return literal(f"{one.column} {one.value}".replace("_", " "))


def _closely(view: View, table: pd.DataFrame, found: list[Group]) -> None:
    """The lowest images of a group, and the ways to take it along."""
    numbers = list(range(1, len(found) + 1))
    if st.session_state.get("group") not in numbers:
        st.session_state["group"] = numbers[0]
    number = st.segmented_control("Group", numbers, required=True, key="group")
    group = found[number - 1]
    rows = table[table["id"].astype(str).isin(group["ids"][:SHOWN])].sort_values("q_score")
    st.markdown(_in_words(group))
    cards.show(view, rows, key="group_images", cell=96)
    st.caption(f"The lowest {len(rows)} of its {group['images']:,} images.")
    name = f"group {number}: {title_of(_shared(group)).replace('_', ' ')}"[:LONGEST_NAME]
    with st.container(horizontal=True):
        st.button(
            "Show this group",
            icon=":material/filter_alt:",
            key="group_show",
            on_click=selection.select_alone,
            args=(view.choice, group["ids"], name),
        )
        st.button(
            "Save as slice",
            icon=":material/bookmark_add:",
            key="group_save",
            disabled=classroom.on(),
            on_click=selection_bar.save,
            args=(view.choice, name, group["ids"], SOURCE),
            help="Under the name of what its images share, for every page and encoder; it can be renamed there.",
        )
