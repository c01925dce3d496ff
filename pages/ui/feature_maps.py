"""One feature over several images, as pictures with its map on them."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.ui import address, cached, cards
from pages.ui.map_pictures import drawn
from pages.ui.view import View
from qscore_core.errors import QScoreError
from qscore_core.heatmaps import Style, composed, has_feature_maps, kept_maps, shown

SIDE = 160


def offered(view: View, split: str, ids: Sequence[str], feature: int) -> list[str] | None:
    """A toggle between pictures and maps; addresses of the maps where they are wanted, else None."""
    if view.choice.dataset.startswith("features:"):
        return None
    address.adopt({"maps": address.flag})
    wanted = st.toggle("Show where in the pictures", key="maps", persist_state="session")
    address.publish({"maps": wanted})
    if not wanted:
        return None
    try:
        return addresses(view, split, ids, feature)
    except QScoreError as error:
        st.error(str(error))
        return None


def addresses(view: View, split: str, ids: Sequence[str], feature: int) -> list[str] | None:
    """One picture an image, in order, each on its own scale; None, with a word on it, where there are no maps.

    Raises QScoreError where the encoder cannot be loaded or a picture cannot be read.
    """
    encoder = cached.encoder(view.choice.encoder)
    if not has_feature_maps(encoder):
        st.info(f"`{encoder.ref}` ({encoder.arch}) has no map whose mean is h, so its features have no maps.")
        return None
    dataset = cached.dataset(view.choice.dataset, split)
    row_of = cards.rows_by_id(dataset)
    rows = [int(row_of[str(id_)]) for id_ in ids]
    kept = kept_maps(encoder, dataset, sorted(rows), cached.workspace())
    place_of = {id_: place for place, id_ in enumerate(kept.ids)}
    heat = np.stack([kept.of_features(place_of[str(id_)], np.array([feature]))[0] for id_ in ids])
    values = shown(heat).values
    pictures = (encoder.transform.geometry(dataset.source.image(row)) for row in rows)
    return [drawn(composed, picture, of, False, Style(), SIDE) for picture, of in zip(pictures, values, strict=True)]
