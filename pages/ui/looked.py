"""Where several encoders look on the images of a view: each with its own scores, probe and alignment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from pages.ui import address, cached, cards, work
from pages.ui.view import View
from pages.ui.work_list import Piece, panel
from qscore_core.alignment import Judged, stored_alignment
from qscore_core.datasets import Dataset
from qscore_core.heatmaps import Style, composed, firing_features, kept_maps, shown
from qscore_core.pipeline import Analysis

SIDE = 160
OWN, SHARED = "each its own", "as in the sidebar"
EPSILON_HELP = (
    "Each encoder at its automatic ε, at which on average 3 % of its features fire in an image; or all at one ε."
)


@dataclass(frozen=True, eq=False)
class Looked:
    """An encoder by its reference, its scores, and its alignment with outcomes, all of the view's scored split."""

    ref: str
    analysis: Analysis
    judged: Judged
    key: str

    def overlays(self, dataset: Dataset, ids: Sequence[str]) -> list[np.ndarray]:
        """Pictures with the heat of L_i n D on them, uint8 [side, side, 3], in the order of `ids`."""
        return _overlays(f"{self.key} {dataset.digest}", tuple(ids), self, dataset)


def choose_epsilon(place: st.delta_generator.DeltaGenerator) -> bool:
    """Whether each encoder is looked at with its own epsilon."""
    st.session_state.setdefault("whose_epsilon", OWN)
    address.adopt({"whose_epsilon": address.one_of(OWN, SHARED)})
    chosen = place.segmented_control(
        "ε", (OWN, SHARED), required=True, key="whose_epsilon", persist_state="session", help=EPSILON_HELP
    )
    address.publish({"whose_epsilon": chosen})
    return chosen == OWN


def look_up(view: View, refs: Sequence[str], own_epsilon: bool) -> dict[str, Looked]:
    """What is there already; for the rest a panel that makes it. Raises QScoreError for an encoder without maps."""
    found: dict[str, Looked] = {}
    for ref in refs:
        try:
            found[ref] = looked(view, ref, own_epsilon)
        except cached.NotExtractedError:
            continue
    missing = [ref for ref in refs if ref not in found]
    if missing:
        pieces = [Piece(ref, "align", _arguments(view, ref, own_epsilon), f"Heat and masks: {ref}") for ref in missing]
        label = f"Measure the overlap of {len(missing)} encoder{'s' * (len(missing) > 1)}"
        panel(pieces, label, "Representations, scores, probe and heat of each, in the background; all of it is kept.")
    return found


def looked(view: View, ref: str, own_epsilon: bool) -> Looked:
    """Raises NotExtractedError where something is still to be made."""
    choice = view.choice
    target = cached.representations(ref, choice.dataset, choice.split)
    fit = cached.representations(ref, choice.dataset, choice.fit)
    if not cached.has_probe(fit):
        raise cached.NotExtractedError
    settings = view.settings
    if own_epsilon:
        settings = replace(settings, features=replace(settings.features, epsilon=cached.auto_epsilon(fit.folder)))
    key = f"{ref} {cached.stamp(ref)} {target.digest} {fit.digest} {settings}"
    analysis = cached.analysis(target, fit, settings)
    return _looked(key, ref, view.choice.dataset, analysis)


@st.cache_resource(max_entries=32, show_spinner="Reading the overlaps")
def _looked(key: str, ref: str, data: str, _analysis: Analysis) -> Looked:
    dataset = cached.dataset(data, _analysis.target.split)
    found = stored_alignment(cached.encoder(ref), dataset, _analysis, cached.workspace())
    if found is None:
        raise cached.NotExtractedError
    outcomes = cached.outcomes(_analysis.fit, _analysis.target)
    return Looked(ref, _analysis, Judged(found, _analysis.scores.q, outcomes, _analysis.fit.classes), key)


def _arguments(view: View, ref: str, own_epsilon: bool) -> tuple[str, ...]:
    choice = replace(view.choice, encoder=ref)
    return tuple(work.scored_arguments(choice, view.settings, "auto" if own_epsilon else None))


@st.cache_data(max_entries=64, show_spinner="Looking")
def _overlays(key: str, ids: tuple[str, ...], _looked: Looked, _dataset: Dataset) -> list[np.ndarray]:
    del key
    encoder, row_of = cached.encoder(_looked.ref), cards.rows_by_id(_dataset)
    rows = [int(row_of[id_]) for id_ in ids]
    kept = kept_maps(encoder, _dataset, sorted(rows), cached.workspace())
    place_of = {str(id_): place for place, id_ in enumerate(_looked.analysis.target.table["id"])}
    firing = firing_features(_looked.analysis, [place_of[id_] for id_ in ids])
    kept_place = {str(id_): place for place, id_ in enumerate(kept.ids)}
    heat = kept.combined([kept_place[id_] for id_ in ids], firing)
    pictures = [encoder.transform.geometry(_dataset.source.image(row)) for row in rows]
    drawn = zip(pictures, shown(heat).values, strict=True)
    return [composed(picture, values, False, Style(), SIDE) for picture, values in drawn]
