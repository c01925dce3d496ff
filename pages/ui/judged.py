"""The panel that sets Q-Score beside its rivals: one job computes the document, these functions show it."""

from typing import Any

import pandas as pd
import streamlit as st

from pages.ui import cached, work
from pages.ui.view import View
from qscore_core import evaluation_figures as figures
from qscore_core.evaluation import EvaluationSettings
from qscore_core.judging import REFERENCE, signal_table, stored_judgement
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
    table = signal_table(document, evidence)
    signals, risk, classes, settings = st.tabs(["Signals", "Risk and coverage", "Classes", "Settings of Q"])
    with signals:
        _signals(view, table, document)
    with risk:
        _risk(table, document)
    with classes:
        _classes(document)
    with settings:
        _surface(view, document["surface"])


def _signals(view: View, table: pd.DataFrame, document: dict[str, Any]) -> None:
    free = table[~table["signal"].str.endswith("(uses labels)")]
    better, worse = (free[free["beside_q"] == verdict] for verdict in ("better", "worse"))
    st.markdown(_verdict(free, len(better), len(worse)))
    left, right = st.columns([1, 1.25], gap="large")
    left.plotly_chart(figures.signals_side_by_side(table), key="rivals", alt="AUROC of each signal")
    told = table.assign(
        interval=_ends(table, "auroc"), less_interval=_ends(table, "less_q").where(table["less_q"].notna(), "")
    )[list(SHOWN)].rename(columns=SHOWN)
    numbers = [name for name in told if pd.api.types.is_numeric_dtype(told[name])]
    with right:
        st.dataframe(told, hide_index=True, height=24 * len(told) + 100, column_config=dict.fromkeys(numbers, NUMBER))
        st.caption(_ceiling(document["ceiling"]))
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


def _verdict(free: pd.DataFrame, better: int, worse: int) -> str:
    """In a sentence; better and worse only where the interval of the difference leaves out 0."""
    rivals, best = len(free) - 1, free.iloc[0]
    words = f"Of {rivals} label-free rivals **{better} predict mistakes better than Q-Score** here, {worse} worse, "
    words += f"and {rivals - better - worse} cannot be told apart from it. "
    if best["key"] == REFERENCE:
        return words + "None has a higher AUROC than Q."
    return words + f"The highest is {best['signal']}: AUROC {best['auroc']:.3f} ({best['less_q']:+.3f} beside Q)."


def _ceiling(found: dict[str, Any] | None) -> str:
    words = (
        "Better and worse are said only where the paired bootstrap interval of the difference leaves out 0. With some "
        "thirty signals, one or two differences in the table are chance."
    )
    if found is None:
        return words
    low, high = found["auroc_ci"]
    return (
        f"{words} All label-free signals combined by a logistic regression that is told the outcomes of four fifths of "
        f"the images reach AUROC {found['auroc']:.3f} ({low:.3f} to {high:.3f}) on the rest."
    )


def _risk(table: pd.DataFrame, document: dict[str, Any]) -> None:
    names = dict(zip(table["key"], table["signal"], strict=True))
    best = next(key for key in table["key"] if key != REFERENCE and not names[key].endswith("(uses labels)"))
    curves = document["risk_coverage"]
    shown = [REFERENCE, best, *(key for key in ["probe_confidence"] if key in curves)]
    st.plotly_chart(
        figures.risk_against_coverage({names[key]: curves[key] for key in shown}),
        key="risk",
        alt="Share of mis-classified images against the share of images answered",
    )
    q = curves[REFERENCE]
    low, high = q["aurc_ci"]
    st.caption(
        "If only the images with the highest scores are answered, how many answers are wrong? The area under Q's "
        f"curve is {q['aurc']:.3f} ({low:.3f} to {high:.3f}); {q['chance']:.3f} would be chance, "
        f"{q['best']:.3f} perfect. Lower is better. arXiv 1805.08206."
    )


def _classes(document: dict[str, Any]) -> None:
    rows = [
        {
            "class": entry["name"],
            "images": entry["images"],
            "accuracy": entry["accuracy"],
            "mean Q": entry["mean_score"],
            "AUROC of Q": entry["auroc"],
            "95 % interval": "" if entry["auroc_ci"] is None else "{:.3f} to {:.3f}".format(*entry["auroc_ci"]),
        }
        for entry in document["classes"]
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config=dict.fromkeys(("accuracy", "mean Q", "AUROC of Q"), NUMBER),
    )
    st.caption("Within a class, least accurate first. Without an AUROC: the probe gets all its images right, or none.")


def _surface(view: View, surface: dict[str, Any]) -> None:
    chosen = view.settings.features
    left, right = st.columns([1.4, 1], gap="large", vertical_alignment="center")
    left.plotly_chart(
        figures.settings_surface(surface, chosen.epsilon, chosen.lower), key="surface", alt="AUROC over settings of Q"
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
