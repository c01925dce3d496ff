"""Whether the discriminative features look at what should matter: heat against core and spurious masks."""

import streamlit as st

from pages.ui import address, alignment_parts, cached, work
from pages.ui.view import View, current_view
from qscore_core.alignment import METRIC_KEYS, Alignment, metric_named, stored_alignment
from qscore_core.errors import QScoreError
from qscore_core.heatmaps import has_feature_maps

INTRO = """Heat of the discriminative features that fire in an image, against masks of what should matter (core) and of
what should not (spurious). Every number stands beside chance and beside the masks of other images."""
WITHOUT_MASKS = """`{data}` has no masks, so heat cannot be compared with them. Use `habitats`, a `table:` with the
columns `core_mask` or `spurious_mask`, or a data set with masks. The page **One image** shows maps without them."""


def alignment(view: View) -> Alignment | None:
    """The alignment of this view; where there is none, says why or offers to measure it."""
    if view.choice.dataset.startswith("features:"):
        st.info(f"Heat maps need pictures and an encoder, and `{view.choice.dataset}` is an array brought in.")
        return None
    dataset, encoder = cached.dataset(view.choice.dataset, view.choice.split), cached.encoder(view.choice.encoder)
    if not dataset.has_masks:
        st.info(WITHOUT_MASKS.format(data=view.choice.dataset))
        return None
    if not has_feature_maps(encoder):
        st.info(f"`{encoder.ref}` ({encoder.arch}) has no last map whose mean is h, so its features have no maps.")
        return None
    found = stored_alignment(encoder, dataset, view.analysis, cached.workspace())
    if found is None:
        st.write("One pass of the encoder over the pictures measures all features; the result is kept.")
        work.alignment_panel(view.choice, view.settings)
    return found


view = current_view()
st.markdown(INTRO)
try:
    found = alignment(view)
    if found is not None:
        address.adopt({"metric": address.one_of(*METRIC_KEYS)})
        title = lambda key: metric_named(key).title  # noqa: E731
        metric = st.selectbox("Measure", METRIC_KEYS, format_func=title, key="metric", persist_state="session")
        address.publish({"metric": metric})
        alignment_parts.overall(view, found, metric)
        alignment_parts.sweep(view, found)
        alignment_parts.features(view, found)
        alignment_parts.classes(view, found, metric)
except QScoreError as error:
    st.error(str(error), icon=":material/error:")
