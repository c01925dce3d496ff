"""The settings of the score, in the sidebar and in the address: epsilon, the band of percentiles, and rarer ones."""

import math

import streamlit as st

from pages.ui import address, arrival, cached
from pages.ui.arrival import later
from pages.ui.choice import Choice
from qscore_core.activation import FeatureSettings
from qscore_core.qscore import ScoreSettings
from qscore_core.representations import Representations

HIGHEST_EPSILON = 8.0
HEIGHT = 270  # pixels
PAPER = FeatureSettings()
FLAGS = {
    "firing": "Percentiles over firing features",
    "two_sided": "Two-sided, |z| > ε",
    "raw": "Without unit length",
}
HELP = {
    "epsilon": "In standard deviations over the image's features. The paper uses 4.",
    "auto": "Chosen without labels: on average 3 % of the features are then highly active in an image.",
    "band": "Features whose activation rate A lies between these two percentiles are discriminative.",
    "firing": "Leaves features that never fire out of the percentiles; for encoders where most never do.",
    "two_sided": "For representations with negative entries, such as those of a ViT.",
    "raw": "Without it each representation is brought to unit L2 length first, as in the paper.",
}


def score_settings(choice: Choice, fit: Representations) -> ScoreSettings:
    """Draws the settings that suit the fit split and returns them."""
    highest = min(HIGHEST_EPSILON, math.floor(10 * math.sqrt(max(fit.dim - 1, 5)) - 1) / 10)
    auto = cached.auto_epsilon(fit.folder)
    _start_settings(choice, auto, highest)
    with st.sidebar, arrival.room("settings", HEIGHT):
        epsilon = later(st.slider, "Highly active above ε", 2.0, highest, step=0.1, key="epsilon", help=HELP["epsilon"])
        if not arrival.first_step():
            _usual_epsilons(auto, highest)
        band = {"min_value": 0.0, "max_value": 100.0, "step": 1.0, "format": "%.0f"}
        lower, upper = later(st.slider, "Band of A, percentiles", **band, key="band", help=HELP["band"])
        if lower == upper:
            st.warning("The two percentiles should differ; the paper's 50 and 95 are used.")
            lower, upper = PAPER.lower, PAPER.upper
        if not arrival.first_step():
            _rarer_settings()
    flags = {key: bool(st.session_state.get(key)) for key in FLAGS}
    address.publish({"epsilon": epsilon, "lower": lower, "upper": upper, **flags})
    found = {"firing_only": flags["firing"], "two_sided": flags["two_sided"]}
    return ScoreSettings(
        FeatureSettings(float(epsilon), float(lower), float(upper), **found), normalize=not flags["raw"]
    )


def _usual_epsilons(auto: float, highest: float) -> None:
    left, right = st.columns(2)
    left.button(f"auto {auto:.1f}", on_click=_set_epsilon, args=(auto,), width="stretch", help=HELP["auto"])
    right.button("paper 4.0", on_click=_set_epsilon, args=(min(4.0, highest),), width="stretch")


def _rarer_settings() -> None:
    rarer = st.expander("More settings", key="more_settings", on_change="rerun")
    if rarer.open:  # folded up they need not be drawn: what is chosen stands in the session
        for key, label in FLAGS.items():
            rarer.toggle(label, key=key, persist_state="session", help=HELP[key])


def _start_settings(choice: Choice, auto: float, highest: float) -> None:
    """The paper's band and the automatic epsilon; a new encoder or data set starts again at its own epsilon."""
    if st.session_state.get("epsilon_of") != choice.subject:
        st.session_state["epsilon_of"] = choice.subject
        _set_epsilon(auto)
    flags = dict.fromkeys(FLAGS, address.flag)
    percentile = address.between(0, 100)
    address.adopt({"epsilon": address.between(2.0, highest), "lower": percentile, "upper": percentile, **flags})
    _set_epsilon(min(st.session_state["epsilon"], highest))
    state = st.session_state
    lower, upper = state.get("band", (PAPER.lower, PAPER.upper))
    state["band"] = tuple(sorted((state.pop("lower", lower), state.pop("upper", upper))))


def _set_epsilon(value: float) -> None:
    st.session_state["epsilon"] = value
