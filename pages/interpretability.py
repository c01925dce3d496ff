"""Whether the discriminative features look at what should matter: heat against core and spurious masks."""

import streamlit as st

from pages.ui import address, alignment_parts, body, cached, overlap_change, overlap_encoders, work
from pages.ui.view import View, current_view
from qscore_core.alignment import METRIC_KEYS, Alignment, metric_named, stored_alignment
from qscore_core.errors import QScoreError
from qscore_core.heatmaps import has_feature_maps

INTRO = """Heat of the discriminative features that fire in an image, against masks of what should matter (core) and of
what should not (spurious). Every number stands beside chance and beside the masks of other images."""
WITHOUT_MASKS = """`{data}` has no masks, so heat cannot be compared with them. Use `habitats`, a `table:` with the
columns `core_mask` or `spurious_mask`, or a data set with masks. The page **One image** shows maps without them."""

CONTROL = 280  # pixels


def without(view: View) -> str | None:
    """Why heat cannot be set against masks here; None where it can."""
    data = view.choice.dataset
    if data.startswith("features:"):
        return f"Heat maps need pictures and an encoder, and `{data}` is an array brought in. Choose other data."
    if not cached.dataset(data, view.choice.split).has_masks:
        return WITHOUT_MASKS.format(data=data)
    encoder = cached.encoder(view.choice.encoder)
    if not has_feature_maps(encoder):
        return f"`{encoder.ref}` ({encoder.arch}) has no last map whose mean is h, so its features have no maps."
    return None


def alignment(view: View) -> Alignment | None:
    """The alignment of this view; where there is none yet, offers to measure it."""
    dataset, encoder = cached.dataset(view.choice.dataset, view.choice.split), cached.encoder(view.choice.encoder)
    found = stored_alignment(encoder, dataset, view.analysis, cached.workspace())
    if found is None:
        st.write("One pass of the encoder over the pictures measures all features; the result is kept.")
        work.alignment_panel(view.choice, view.settings)
    return found


def one_encoder(view: View, metric: str) -> None:
    """The encoder of the sidebar, overall and feature by feature."""
    found = alignment(view)
    if found is not None:
        alignment_parts.overall(view, found, metric)
        alignment_parts.sweep(view, found)
        alignment_parts.features(view, found)
        alignment_parts.classes(view, found, metric)


PARTS = {
    "This encoder": one_encoder,
    "Several encoders": overlap_encoders.show,
    overlap_change.TITLE: overlap_change.show,
}


def choose() -> tuple[str, str]:
    """The part of the page and the measure."""
    row = st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom")
    st.session_state.setdefault("part", next(iter(PARTS)))
    address.adopt({"part": address.one_of(*PARTS), "metric": address.one_of(*METRIC_KEYS)})
    part = row.segmented_control(
        "Part", list(PARTS), required=True, key="part", persist_state="session", label_visibility="collapsed"
    )
    title = lambda key: metric_named(key).title  # noqa: E731
    metric = row.selectbox(
        "Measure", METRIC_KEYS, format_func=title, key="metric", persist_state="session", width=CONTROL
    )
    address.publish({"part": part, "metric": metric})
    return part, metric


def page() -> None:
    view = current_view()
    st.markdown(INTRO)
    try:
        if (reason := without(view)) is not None:
            st.info(reason)
        else:
            part, metric = choose()
            PARTS[part](view, metric)
    except QScoreError as error:
        st.error(str(error), icon=":material/error:")


body.alone(page)
