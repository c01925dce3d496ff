"""Figure 1 by hand: activation rates with the discriminative band, and everything about one feature."""

import numpy as np
import streamlit as st

from pages.ui import address, body, cached, classroom, feature_images, feature_naming, work
from pages.ui.plots import Mark, draw, plot
from pages.ui.view import View, current_view
from qscore_core import figures
from qscore_core.compression import CompressionCurve, CompressionPoint
from qscore_core.feature_profile import firing_of

COMPRESSION = "How many features are needed? Accuracy against compression"
TRANSFER_HELP = (
    "Whether features that are discriminative elsewhere serve here: choose or type DATASET/SPLIT of another data set. "
    "Activation rates are then taken there, probes stay here."
)


def overview(view: View) -> int:
    """A_j sorted; returns the feature that is looked at."""
    features = view.analysis.features
    ranked = np.argsort(-features.rates, kind="stable")
    _first_choice(view, ranked)
    feature = int(st.session_state["feature"])
    address.publish({"feature": feature})
    st.markdown(
        f"Of **{view.fit.dim:,}** features **{features.count:,}** are discriminative; **{features.never_firing:.0%}** "
        f"never fire on split `{view.fit.split}`. On average **{view.analysis.check.mean_active:.1f}** are highly "
        "active in an image."
    )
    plot(
        lambda: figures.activation_rates(features),
        view.key,
        key="rates",
        mark=Mark(int(np.flatnonzero(ranked == feature)[0]) + 1, float(features.rates[feature]), str(feature)),
        on_pick=_pick,
        alt="Activation rate of every feature, most often firing first, with the discriminative band shaded",
    )
    st.caption(
        f"A of each feature on split `{view.fit.split}`. Shaded: between the two percentiles, the discriminative ones. "
        "Click the curve to look at a feature; the arrow keys go through the discriminative ones."
    )
    return feature


def _first_choice(view: View, ranked: np.ndarray) -> None:
    """Without a choice, or with one that this encoder does not have: the middle of the discriminative features."""
    address.adopt({"feature": int})
    if 0 <= st.session_state.get("feature", -1) < view.fit.dim:
        return
    inside = ranked[view.analysis.features.discriminative[ranked]]
    st.session_state["feature"] = int(inside[len(inside) // 2]) if len(inside) else int(ranked[0])


def _pick(feature: int) -> None:
    st.session_state["feature"] = int(feature)


def choose(view: View, feature: int) -> None:
    """Number, previous and next among the discriminative features in the order of the figure."""
    ranked = np.argsort(-view.analysis.features.rates, kind="stable")
    inside = ranked[view.analysis.features.discriminative[ranked]]
    before, number, after, words = st.columns([1.5, 1.4, 1.3, 5], vertical_alignment="bottom")
    before.button("Previous", icon=":material/arrow_back:", shortcut="Left", on_click=_step, args=(inside, feature, -1))
    number.number_input("Feature", 0, view.fit.dim - 1, step=1, key="feature", persist_state="session")
    after.button("Next", icon=":material/arrow_forward:", shortcut="Right", on_click=_step, args=(inside, feature, 1))
    rate = view.analysis.features.rates[feature]
    member = "discriminative" if view.analysis.features.discriminative[feature] else "not discriminative"
    words.markdown(f"fires in **{rate:.2f} %** of the images of `{view.fit.split}` · **{member}**")


def _step(inside: np.ndarray, feature: int, by: int) -> None:
    if len(inside):
        place = np.flatnonzero(inside == feature)
        st.session_state["feature"] = int(inside[(place[0] + by) % len(inside)] if len(place) else inside[0])


def dashboard(view: View, feature: int) -> None:
    """Where it fires: strips of images, distribution, classes, companions."""
    which = st.segmented_control(
        "Images of",
        [view.fit.split, view.target.split] if view.fit.split != view.target.split else [view.fit.split],
        default=view.fit.split,
        required=True,
        key="images_of",
    )
    on_fit = which == view.fit.split
    index = view.analysis.fit_index if on_fit else view.analysis.index
    stored = view.fit if on_fit else view.target
    epsilon = view.settings.features.epsilon
    firing = firing_of(index, feature, epsilon)
    st.subheader("Where it fires")
    if not len(firing):
        st.info(f"In no image of this split is z above {epsilon:g}: it does not fire. A smaller epsilon may help.")
        return
    feature_images.strips(view, stored, firing, feature)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("How strongly")
        _, z = index.images_of(feature)
        plot(
            lambda: figures.feature_strength(z, epsilon, index.images),
            *(view.key, which, feature),
            key="strength",
            alt="Distribution of z over the images",
        )
        st.subheader("What fires with it")
        feature_images.companions(view, index, feature)
    with right:
        st.subheader("In which classes")
        feature_images.classes(view, stored, firing, feature)


def compression(view: View) -> None:
    """Figure 2: how much of the representation the middle of the activation rates carries."""
    part = st.expander(COMPRESSION, key="compression_part", on_change="rerun")
    if part.open:
        with part:
            _compression(view)


def _compression(view: View) -> None:
    st.caption(
        "A linear probe on the features whose activation rate lies in the middle, against four random subsets of "
        "the same size (figure 2 of the paper) and as many principal directions. Takes a minute or more; it runs "
        "in the background."
    )
    result = work.compression_panel(view.choice, view.settings.features.epsilon, _found_on(view))
    if result is not None:
        points = tuple(CompressionPoint(**point) for point in result["curve"])
        curve = CompressionCurve(points, result["strength"], result["dim"])
        draw(figures.compression(curve), key="compression", alt="Accuracy against compression")


def _found_on(view: View) -> str | None:
    """DATASET/SPLIT of another data set on which the activation rates are taken, None for the fit split's."""
    own = f"{view.choice.dataset}/{view.choice.fit}"
    others = [ref for ref in cached.fit_refs() if ref != own]
    chosen = st.selectbox(
        "Discriminative features from",
        [own, *others],
        key="compress_fit",
        accept_new_options=not classroom.on(),
        help=TRANSFER_HELP,
    )
    return None if chosen in (None, own) else chosen


def page() -> None:
    view = current_view()
    feature = overview(view)
    choose(view, feature)
    feature_naming.naming(view, feature)
    dashboard(view, feature)
    if view.labelled:
        compression(view)


body.alone(page)
