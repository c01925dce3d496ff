"""Galleries that lead on from an image: its firing features as small maps, and its neighbours among the fit images."""

import numpy as np
import streamlit as st

from pages.ui import cached, cards, going
from pages.ui.feature_naming import notes_of
from pages.ui.gallery import Card, gallery
from pages.ui.map_look import Look
from pages.ui.map_pictures import drawn
from pages.ui.seen import Seen
from pages.ui.view import View
from qscore_core.feature_notes import called
from qscore_core.heatmaps import composed, has_feature_maps, shown
from qscore_core.signals.neighbours import Neighbours, nearest
from qscore_core.signals.spaces import PLAIN

MOST, SIDE, NEIGHBOURS = 24, 160, 8


def firing_features(seen: Seen, look: Look) -> None:
    """L_i of the first image, its discriminative features first, each with where it fires."""
    view, place = seen.view, seen.places[0]
    numbers, z = view.analysis.index.active_features(place, view.settings.features.epsilon)
    if not len(numbers):
        st.info("No feature is highly active in this image, so there is none to show. A lower ε finds weaker ones.")
        return
    inside = view.analysis.features.discriminative[numbers]
    order = np.lexsort((-z, ~inside))[:MOST]
    if not has_feature_maps(seen.encoder):
        st.info(
            f"`{seen.encoder.ref}` ({seen.encoder.arch}) has no map whose mean is h, so its features have no maps of "
            "their own. Choose **one feature** as the target above: " + ", ".join(str(j) for j in numbers[order])
        )
        return
    cards_ = _feature_cards(seen, look, numbers[order], z[order], inside[order])
    gallery(cards_, key="feature_maps", cell=112, on_pick=lambda feature: going.to("features", feature=int(feature)))
    st.caption(
        f"{len(order)} of {len(numbers)} features above ε, discriminative ones first. A click opens the feature."
    )


def _feature_cards(seen: Seen, look: Look, numbers: np.ndarray, z: np.ndarray, inside: np.ndarray) -> list[Card]:
    maps = shown(seen.kept().of_features(0, numbers), look.display)
    found, notes = [], notes_of(seen.view)
    for values, number, strength, member in zip(maps.values, numbers, z, inside, strict=True):
        address = drawn(composed, seen.pictures[0], values, maps.signed, look.style, SIDE)
        words = "discriminative" if member else "not discriminative"
        alt = f"Where feature {number} fires in this picture"
        found.append(Card(str(number), address, called(int(number), notes), f"z {strength:.1f} · {words}", alt))
    return found


@st.cache_data(max_entries=256, show_spinner=False)
def _nearest(target: str, fit: str, place: int, _view: View) -> Neighbours:
    del target, fit
    return nearest(_view.target.matrix[[place]], _view.fit.matrix, PLAIN, NEIGHBOURS + 1)


def neighbours(view: View, place: int) -> None:
    """The nearest images of the fit split, each a way to its own page."""
    # One more than is shown: where the fit split is the one looked at, the image itself is not its neighbour.
    found = _nearest(view.target.digest, view.fit.digest, place, view)
    own = place if view.analysis.fitted_on_itself else None
    near = [(row, cosine) for row, cosine in zip(found.index[0], found.similarity[0], strict=True) if row != own]
    rows, cosines = zip(*near[:NEIGHBOURS], strict=True)
    table = cached.scores(view.fit.folder, view.fit.folder, view.settings).iloc[list(rows)]
    pictures = cards.picture_addresses(view.pictures(view.fit.split), table)
    notes = [f"cosine {cosine:.2f} · Q {q:.3f}" for cosine, q in zip(cosines, table["q_score"], strict=True)]
    shown_ = [
        cards.card(row, picture, note)
        for row, picture, note in zip(table.to_dict("records"), pictures, notes, strict=True)
    ]
    split = view.fit.split
    gallery(shown_, key="near", cell=112, on_pick=lambda image: going.to("image", image=image, split=split))
    st.caption(
        f"Of split `{split}`, on which the discriminative features were found; their Q-Scores are of that split."
    )
