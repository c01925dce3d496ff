"""The same image with the other encoders that this session compares: what their probes say, the way to their maps."""

import streamlit as st

from pages.ui import cached
from pages.ui.choice import Choice
from pages.ui.words import literal
from qscore_core.errors import QScoreError


def offer(choice: Choice, image: str) -> None:
    """A button for each; nothing where no others are compared."""
    others = [ref for ref in st.session_state.get("compared", []) if ref != choice.encoder]
    if not others or choice.dataset.startswith("features:"):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("The same image with", width="content")
        for ref in others:
            label = " · ".join(filter(None, (literal(ref), _answer(ref, choice, image))))
            st.button(label, key=f"eyes_{ref}", on_click=_see_with, args=(ref,), icon=":material/visibility:")


def _answer(ref: str, choice: Choice, image: str) -> str:
    """What the encoder's probe says, empty where it is not known yet."""
    try:
        target, fit = (cached.representations(ref, choice.dataset, split) for split in (choice.split, choice.fit))
    except (cached.NotExtractedError, QScoreError):
        return ""
    if not (target.labelled and fit.labelled and cached.has_probe(fit)):
        return ""
    places = (target.table["id"].astype(str) == image).to_numpy().nonzero()[0]
    if not len(places):
        return ""
    outcomes = cached.outcomes(fit, target)
    said = literal(fit.classes[outcomes.predicted[places[0]]])
    return f"✓ {said}" if outcomes.correct[places[0]] else f"✗ {said}"


def _see_with(ref: str) -> None:
    st.session_state["encoder"] = ref
