"""The settings of the score, in the sidebar and in the address: epsilon, the band of percentiles, and rarer ones."""

import math

import streamlit as st

from pages.ui import address, cached
from pages.ui.choice import Choice
from qscore_core.activation import FeatureSettings
from qscore_core.qscore import ScoreSettings
from qscore_core.representations import Representations

HIGHEST_EPSILON = 8.0
PAPER = FeatureSettings()
FLAGS = {
    "firing": "Percentiles over firing features",
    "two_sided": "Two-sided, |z| > ε",
    "raw": "Without unit length",
}
HELP = {
    "epsilon": "In standard deviations over the image's features. The paper uses 4.",
    "auto": "Chosen without labels: on average 3 % of the features are then highly active in an image.",
    "lower": "Features whose activation rate A lies between these two percentiles are discriminative.",
    "upper": "Features whose activation rate A lies between these two percentiles are discriminative.",
    "firing": "Leaves features that never fire out of the percentiles; for encoders where most never do.",
    "two_sided": "For representations with negative entries, such as those of a ViT.",
    "raw": "Without it each representation is brought to unit L2 length first, as in the paper.",
}


def score_settings(choice: Choice, fit: Representations) -> ScoreSettings:
    """Draws the settings that suit the fit split and returns them."""
    highest = min(HIGHEST_EPSILON, math.floor(10 * math.sqrt(max(fit.dim - 1, 5)) - 1) / 10)
    auto = cached.auto_epsilon(fit.folder)
    _start_settings(choice, auto, highest)
    with st.sidebar:
        st.divider()
        epsilon = st.slider("Highly active above ε", 2.0, highest, step=0.1, **_kept("epsilon"))
        left, right = st.columns(2)
        left.button(f"auto {auto:.1f}", on_click=_set_epsilon, args=(auto,), width="stretch", help=HELP["auto"])
        right.button("paper 4.0", on_click=_set_epsilon, args=(min(4.0, highest),), width="stretch")
        lower = st.slider("Lower percentile of A", 0.0, 99.0, step=1.0, format="%.0f", **_kept("lower"))
        upper = st.slider("Upper percentile of A", 1.0, 100.0, step=1.0, format="%.0f", **_kept("upper"))
        if lower >= upper:
            st.warning("The lower percentile should lie below the upper one; the paper's 50 and 95 are used.")
            lower, upper = PAPER.lower, PAPER.upper
        rarer = st.expander("More settings", key="more_settings", on_change="rerun")
        if rarer.open:  # folded up they need not be drawn: what is chosen stands in the session
            for key, label in FLAGS.items():
                rarer.toggle(label, **_kept(key))
    flags = {key: bool(st.session_state.get(key)) for key in FLAGS}
    address.publish({"epsilon": epsilon, "lower": lower, "upper": upper, **flags})
    found = {"firing_only": flags["firing"], "two_sided": flags["two_sided"]}
    return ScoreSettings(
        FeatureSettings(float(epsilon), float(lower), float(upper), **found), normalize=not flags["raw"]
    )


def _kept(key: str) -> dict[str, str]:
    """Key and help of a widget that keeps its value on pages that do not draw it."""
    return {"key": key, "persist_state": "session", "help": HELP[key]}


def _start_settings(choice: Choice, auto: float, highest: float) -> None:
    """The paper's band and the automatic epsilon; a new encoder or data set starts again at its own epsilon."""
    st.session_state.setdefault("lower", PAPER.lower)
    st.session_state.setdefault("upper", PAPER.upper)
    if st.session_state.get("epsilon_of") != choice.subject:
        st.session_state["epsilon_of"] = choice.subject
        _set_epsilon(auto)
    flags = dict.fromkeys(FLAGS, address.flag)
    numbers = {"epsilon": address.between(2.0, highest), "lower": address.between(0, 99)}
    address.adopt({**numbers, "upper": address.between(1, 100), **flags})
    _set_epsilon(min(st.session_state["epsilon"], highest))


def _set_epsilon(value: float) -> None:
    st.session_state["epsilon"] = value
