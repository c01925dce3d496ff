"""The panel that sets Q-Score beside its rivals: one job computes the document, these functions show it."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.ui import cached, work
from pages.ui.plots import plot
from pages.ui.view import View
from qscore_core import evaluation_figures as figures
from qscore_core.evaluation import EvaluationSettings
from qscore_core.judging import signal_table, stored_judgement
from qscore_core.judging_text import ceiling, class_rows, risk_curves, risk_in_words, verdict
from qscore_core.pipeline import Outcomes
from qscore_core.several_views import ViewSettings, stored_views
from qscore_core.signals import Evidence

SETTINGS = EvaluationSettings()  # those of the verb `evaluate`
VIEWS = ViewSettings(images=10_000)  # those of `evaluate --views 4`
NUMBER = st.column_config.NumberColumn(format="%.3f")
SHOWN = {
    "signal": "signal",
    "auroc": "AUROC",
    "interval": "95 % interval",
    "less_q": "less Q",
    "less_interval": "its interval",
    "beside_q": "than Q",
    "aurc": "area under risk",
    "auprc_correct": "AUPRC correct",
    "auprc_error": "AUPRC mis-classified",
    "meaning": "meaning",
    "source": "source",
}


def evidence_of(view: View, outcomes: Outcomes) -> tuple[Evidence, dict[str, Any] | None]:
    """What is known of the scored images, and the document on it; with several views where both are there."""
    seen = stored_views(view.target, cached.workspace(), VIEWS)
    for views in [*([seen] if seen is not None else []), None]:
        evidence = Evidence(view.analysis, cached.workspace(), outcomes, views=views)
        if (document := stored_judgement(evidence, SETTINGS)) is not None:
            return evidence, document
    return evidence, None


def job_panel(view: View) -> None:
    """Offers to judge all signals at the settings of the sidebar."""
    st.write(
        "Every other signal this tool knows, judged on the same images with paired intervals; accuracy within classes; "
        "Q over all its settings."
    )
    work.judging_panel(view.choice, view.settings)


def show(view: View, evidence: Evidence, document: dict[str, Any]) -> None:
    """The document in four tabs."""
    key = f"{view.key}/{evidence.views is not None}"
    table = _table(key, document, evidence)
    signals, risk, classes, settings = st.tabs(["Signals", "Risk and coverage", "Classes", "Settings of Q"])
    with signals:
        _signals(view, table, document, key)
    with risk:
        _risk(table, document, key)
    with classes:
        _classes(document)
    with settings:
        _surface(view, document["surface"], key)


@st.cache_data(max_entries=32, show_spinner=False)
def _table(key: str, _document: dict[str, Any], _evidence: Evidence) -> pd.DataFrame:
    """What the document says of each signal; `key` names what it was made from."""
    del key
    return signal_table(_document, _evidence)


def _signals(view: View, table: pd.DataFrame, document: dict[str, Any], made_from: str) -> None:
    st.markdown(verdict(table))
    left, right = st.columns([1, 1.25], gap="large")
    plot(lambda: figures.signals_side_by_side(table), made_from, key="rivals", alt="AUROC of each signal", where=left)
    told = table.assign(
        interval=_ends(table, "auroc"), less_interval=_ends(table, "less_q").where(table["less_q"].notna(), "")
    )[list(SHOWN)].rename(columns=SHOWN)
    numbers = [name for name in told if pd.api.types.is_numeric_dtype(told[name])]
    with right:
        st.dataframe(told, hide_index=True, height=24 * len(told) + 100, column_config=dict.fromkeys(numbers, NUMBER))
        st.caption(ceiling(document["ceiling"]))
        _more(view, table)


def _more(view: View, table: pd.DataFrame) -> None:
    """Offers the signal that costs passes through the encoder."""
    images = view.target.images
    if "augmentation_consistency" in set(table["key"]) or view.pictures(view.target.split) is None:
        return
    with st.expander("Add augmentation consistency"):
        if images > VIEWS.images:
            st.caption(f"It needs views of all {images:,} images; the command line allows more than {VIEWS.images:,}.")
            return
        st.caption(
            f"How alike {VIEWS.views} random views of an image are to the encoder: {VIEWS.views * images:,} passes "
            "through the encoder, once."
        )
        work.judging_panel(view.choice, view.settings, VIEWS.views)


def _risk(table: pd.DataFrame, document: dict[str, Any], made_from: str) -> None:
    plot(
        lambda: figures.risk_against_coverage(risk_curves(table, document)),
        made_from,
        key="risk",
        alt="Share of mis-classified images against the share of images answered",
    )
    st.caption(risk_in_words(document))


def _classes(document: dict[str, Any]) -> None:
    st.dataframe(
        class_rows(document),
        hide_index=True,
        column_config=dict.fromkeys(("accuracy", "mean Q", "AUROC of Q"), NUMBER),
    )
    st.caption("Within a class, least accurate first. Without an AUROC: the probe gets all its images right, or none.")


def _surface(view: View, surface: dict[str, Any], made_from: str) -> None:
    chosen = view.settings.features
    left, right = st.columns([1.4, 1], gap="large", vertical_alignment="center")
    plot(
        lambda: figures.settings_surface(surface, chosen.epsilon, chosen.lower),
        made_from,
        key="surface",
        alt="AUROC over settings of Q",
        where=left,
    )
    half, (height, epsilon, lower) = surface["split_half"], surface["best"]
    low, high = half["gain_ci"]
    with right:
        st.warning(
            "Choosing settings from this picture uses the labels: Q is then no longer label-free.",
            icon=":material/warning:",
        )
        st.markdown(
            f"The highest point is **{height:.3f}** at ε {epsilon:g} and lower percentile {lower:g}; the settings in "
            f"use give **{surface['used']:.3f}**.\n\n"
            f"**Split-half check.** Chosen on one half of the images, the best settings show {half['seen']:.3f} there "
            f"and {half['unseen']:.3f} on the other half, where the settings in use give {half['fixed']:.3f}. "
            f"{_gain(half['gain'], low, high)}"
        )
        st.caption(f"Means over {half['halvings']} random halvings, each half choosing once.")


def _gain(gain: float, low: float, high: float) -> str:
    spread = f"the gain is {gain:+.3f}, between {low:+.3f} and {high:+.3f} in 95 % of the halvings"
    if low > 0:
        return f"Choosing by labels pays on images that did not choose: {spread}."
    return f"That choosing by labels pays cannot be told: {spread}."


def _ends(table: pd.DataFrame, name: str) -> pd.Series:
    """An interval as text."""
    return table[f"{name}_low"].map("{:.3f}".format) + " to " + table[f"{name}_high"].map("{:.3f}".format)
