"""One image in full: its score, where in it the features look, how much of that lies on its masks, what is near it."""

import re

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui import (
    address,
    body,
    going,
    image_order,
    map_gallery,
    map_look,
    map_panel,
    other_eyes,
    overlap_table,
    target_choice,
)
from pages.ui.menu import BY_NAME
from pages.ui.one_image import causes, in_words, why
from pages.ui.seen import see
from pages.ui.view import View, current_view
from qscore_core.errors import QScoreError
from qscore_core.heatmaps import METHODS, reason_against, shown

CONTROLS = 280  # pixels
WITHOUT_PICTURES = "Heat maps need pictures and an encoder, and `{data}` is an array brought in. Its scores stand here."


def pinned_place(table: pd.DataFrame) -> int | None:
    """Where the pinned image stands, None where none of this split is pinned."""
    address.adopt({"pin": str})
    place = np.flatnonzero(table["id"].astype(str).to_numpy() == st.session_state.get("pin"))
    address.publish({"pin": st.session_state["pin"] if len(place) else None})
    return int(place[0]) if len(place) else None


def maps(view: View, place: int, pinned: int | None) -> None:
    """The map with its controls, the overlap with the masks, and the maps of all features that fire."""
    dataset = view.pictures(view.target.split)
    assert dataset is not None
    seen = see(view, dataset, [place] if pinned in (None, place) else [place, pinned])
    row = st.container(horizontal=True, gap="large")  # on a narrow screen the controls go below
    pictures, controls = row.container(width="stretch"), row.container(width=CONTROLS)
    with controls:
        chosen = target_choice.choose(view, seen.places, pinned)
        method, layer = map_look.choose_method(seen.encoder, None if chosen is None else chosen.target)
        st.divider()
        look = map_look.choose_look()
        masked = bool((seen.masks > 0).any())
        thresholds = overlap_table.choose_thresholds(_that_matter(masked, look))
        look = look.contoured_at(thresholds.heat)
    reason = None if chosen is None else reason_against(method, seen.encoder, chosen.target)
    heat = None if chosen is None or reason else seen.heat(chosen.name, chosen.target, method, layer)
    words = _words(chosen, method, layer) if reason is None else str(reason)
    with pictures:
        found = None if heat is None else shown(heat, look.display)
        for number in range(len(seen.places)):
            if number:
                st.markdown("**Pinned**")
            map_panel.show(seen, number, found, look, thresholds, words)
        if heat is not None and bool((seen.masks[0] > 0).any()):
            st.subheader("How much of the heat lies on what should matter")
            overlap_table.show(heat[0], seen.masks[0], thresholds)
        elif heat is not None:
            st.caption("This image has no masks, so there is nothing to compare its heat with.")
        st.subheader("Its features")
        map_gallery.firing_features(seen, look)
    if heat is not None and found is not None:
        with controls:
            map_panel.downloads(seen, heat, found, look, f"map-{_file_name(view, place)}")


def _that_matter(masked: bool, look: map_look.Look) -> tuple[str, ...]:
    """Which thresholds change what is shown: both with masks, that of the heat for contour lines too."""
    if masked:
        return ("heat", "mask")
    return ("heat",) if look.style.name == "contour" else ()


def _file_name(view: View, place: int) -> str:
    """The image's id as a part of a file's name."""
    return re.sub(r"[^\w.-]+", "-", str(view.target.table["id"].iloc[place]))


def _words(chosen: target_choice.Chosen | None, method: str, layer: str | None) -> str:
    if chosen is None:
        return "No map yet: the target needs something first, see there."
    return " · ".join(filter(None, (chosen.words, METHODS[method].title, layer)))


def page() -> None:
    view = current_view()
    table = view.table()
    image = image_order.choose(view.choice, table)
    place = int(np.flatnonzero(table["id"].astype(str).to_numpy() == image)[0])
    row = table.iloc[place]
    st.markdown(f"**{row['class_name'] or 'Without a label'}** · {in_words(table, row)}")
    other_eyes.offer(view.choice, image)
    st.markdown(why(view, place))
    if view.choice.dataset.startswith("features:"):
        st.info(WITHOUT_PICTURES.format(data=view.choice.dataset))
    else:
        try:
            maps(view, place, pinned_place(table))
        except QScoreError as error:
            st.error(str(error), icon=":material/error:")
    causes(row)
    st.subheader("Nearest images")
    map_gallery.neighbours(view, place)
    st.button("To the low-Q images", icon=BY_NAME["low_q"].icon, on_click=going.to, args=("low_q",))


body.alone(page)
