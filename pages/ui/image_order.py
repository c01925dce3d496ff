"""Which image is shown in full, and the way to the next: by rank in Q, within what the session has selected."""

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui import address, cards, selection
from pages.ui.choice import Choice


def choose(choice: Choice, table: pd.DataFrame) -> str:
    """The image by its rank in Q, with the keys for the one before and after; returns its id."""
    known = set(table["id"].astype(str))
    wanted = cards.picked_image()
    if wanted is not None and wanted not in known:
        st.warning(f"This split has no image `{wanted}`. Shown is the one with the lowest Q-Score.")
        wanted = None
    order, words = _walk(choice, table, wanted)
    image = wanted or str(order[0])
    address.publish({"image": image})
    _controls(order, image)
    st.caption(f"Of {words}, from the lowest · `{image}`")
    return image


def _walk(choice: Choice, table: pd.DataFrame, wanted: str | None) -> tuple[np.ndarray, str]:
    """Ids from the lowest Q up, and what they are: the selected images, or all where the wanted one is not selected."""
    chosen = selection.current(choice)
    rows = selection.within(chosen, table)
    inside = chosen is not None and len(rows) > 0 and (wanted is None or wanted in set(rows["id"].astype(str)))
    if not inside:
        rows = table
    order = rows["id"].astype(str).to_numpy()[np.argsort(rows["q_score"].to_numpy(), kind="stable")]
    return order, f"{len(order):,} selected" if inside else f"{len(order):,}"


def _controls(order: np.ndarray, image: str) -> None:
    rank = int(np.flatnonzero(order == image)[0])
    st.session_state["rank"] = rank + 1
    line = st.container(horizontal=True, vertical_alignment="bottom")
    go = {"on_click": _show, "shortcut": "Left", "args": (str(order[rank - 1]),)}
    line.button("Previous", icon=":material/arrow_back:", **go)
    line.number_input("Rank by Q", 1, len(order), step=1, key="rank", on_change=_at_rank, args=(order,), width=150)
    go = {"on_click": _show, "shortcut": "Right", "args": (str(order[(rank + 1) % len(order)]),)}
    line.button("Next", icon=":material/arrow_forward:", **go)
    _pin_button(line, image)


def _show(image: str) -> None:
    st.session_state["image"] = image


def _at_rank(order: np.ndarray) -> None:
    _show(str(order[st.session_state["rank"] - 1]))


def _pin_button(place: st.delta_generator.DeltaGenerator, image: str) -> None:
    pinned = st.session_state.get("pin") == image
    place.button(
        "Unpin" if pinned else "Pin",
        icon=":material/push_pin:",
        on_click=lambda: st.session_state.update(pin=None if pinned else image),
        help="A pinned image stays beside the others, and likeness to it can be explained.",
    )
