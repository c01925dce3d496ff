"""What a heat map explains: a feature, the firing ones, a class, a likeness; chosen by the user or by the address."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch

from pages.ui import address, cached, work
from pages.ui.feature_naming import notes_of
from pages.ui.view import View
from pages.ui.words import literal
from qscore_core.feature_notes import called
from qscore_core.heatmaps import (
    AllFeatures,
    Feature,
    FeaturesOfEach,
    Norm,
    Similarity,
    Target,
    class_scores,
    firing_features,
)
from qscore_core.pipeline import stored_probe

FIRING, FEATURE, CLASS, SIMILAR = "discriminative", "feature", "class", "similar"
KINDS = {
    FIRING: "discriminative features that fire here",
    FEATURE: "one feature",
    "all": "all features",
    CLASS: "the probe's score for a class",
    SIMILAR: "likeness to the pinned image",
    "norm": "length of the representation",
}
OF_FEATURES = (FIRING, FEATURE, "all")
ANSWER = "the probe's answer"
HELP = "A heat map shows where in the picture this comes from."


@dataclass(frozen=True, eq=False)
class Chosen:
    """`name` as the command line takes it; `words` for a caption."""

    name: str
    words: str
    target: Target


def choose(view: View, places: Sequence[int], pinned: int | None) -> Chosen | None:
    """Draws the choice for some images of the scored split; None, with a word on why, where it needs something first.

    `pinned` is the place of the pinned image.
    """
    address.adopt({"target": address.one_of(*KINDS), "feature": int, "class_name": str})
    state = st.session_state
    if state.get("target") not in KINDS:
        state["target"] = FIRING
    kind = st.selectbox(
        "Target",
        KINDS,
        format_func=KINDS.__getitem__,
        key="target",
        persist_state="session",
        help=HELP,
        on_change=_suit_method,
    )
    address.publish({"target": kind})
    if kind == FEATURE:
        return _feature(view)
    if kind == CLASS:
        return _class(view, places)
    if kind == SIMILAR:
        return _similar(view, pinned)
    whole = {
        FIRING: lambda: FeaturesOfEach(torch.from_numpy(firing_features(view.analysis, places))),
        "all": AllFeatures,
        "norm": Norm,
    }
    return Chosen(kind, KINDS[kind], whole[kind]())


def _suit_method() -> None:
    """The closed form is Grad-CAM of features; for another score Grad-CAM itself goes on."""
    state = st.session_state
    if state["target"] not in OF_FEATURES and state.get("method") == "closed_form":
        state["method"] = "grad_cam"


def _feature(view: View) -> Chosen:
    state = st.session_state
    if not 0 <= state.get("feature", -1) < view.fit.dim:
        state["feature"] = int(np.argmax(view.analysis.features.discriminative))
    number = int(st.number_input("Feature", 0, view.fit.dim - 1, step=1, key="feature", persist_state="session"))
    address.publish({"feature": number})
    return Chosen(f"feature:{number}", literal(called(number, notes_of(view))), Feature(number))


def _class(view: View, places: Sequence[int]) -> Chosen | None:
    outcomes = view.outcomes()
    if outcomes is None:
        _offer_probe(view)
        return None
    names = view.fit.classes
    if st.session_state.get("class_name") not in (ANSWER, *names):
        st.session_state["class_name"] = ANSWER
    name = st.selectbox("Class", [ANSWER, *names], key="class_name", persist_state="session")
    address.publish({"class_name": None if name == ANSWER else name})
    classes = [int(outcomes.predicted[place]) if name == ANSWER else names.index(name) for place in places]
    probe = stored_probe(view.fit, cached.PROBE, cached.workspace())
    assert probe is not None  # its answers are there
    shown = names[classes[0]]
    return Chosen(f"class:{','.join(names[one] for one in classes)}", f"score of {shown}", class_scores(probe, classes))


def _offer_probe(view: View) -> None:
    if view.labelled:
        st.info("Scores of classes come from a linear probe, which has not been fitted yet.")
        work.probe_panel(view.choice)
    else:
        st.info("Scores of classes need labels, and this data has none. Choose another target.")


def _similar(view: View, pinned: int | None) -> Chosen | None:
    if pinned is None:
        st.info("Pin an image first: go to it and press **Pin**, then come back to this one.")
        return None
    id_ = str(view.target.table["id"].iloc[pinned])
    reference = torch.from_numpy(np.array(view.target.matrix[pinned]))
    return Chosen(f"similar:{id_}", f"likeness to {id_}", Similarity(reference))
