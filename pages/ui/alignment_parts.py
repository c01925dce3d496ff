"""What an alignment comes to, drawn: overall and by outcome, along thresholds, by class, feature by feature."""

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui import cards, feature_maps
from pages.ui.feature_naming import notes_of
from pages.ui.plots import draw
from pages.ui.view import View
from pages.ui.words import literal
from qscore_core import alignment_figures
from qscore_core.alignment import (
    KINDS,
    Alignment,
    Summary,
    by_class,
    by_outcome,
    feature_table,
    metric_named,
    summarise,
    summary_table,
    sweep_table,
)
from qscore_core.feature_notes import NOTHING

TOP_IMAGES = 12
COLUMNS = {
    "rate": st.column_config.NumberColumn("A, %", format="%.1f", help="Share of the fit images in which it fires."),
    "leaning": st.column_config.NumberColumn(format="%.2f"),
    "core": st.column_config.NumberColumn(format="%.2f"),
    "core_shuffled": st.column_config.NumberColumn("core, other masks", format="%.2f"),
    "spurious": st.column_config.NumberColumn(format="%.2f"),
    "spurious_shuffled": st.column_config.NumberColumn("spurious, other masks", format="%.2f"),
}
OUTCOMES = {"correct": "correct", "misclassified": "mis-classified"}


def groups(view: View, found: Alignment) -> dict[str, Summary]:
    """All images and, where the probe has answered, those that it gets right and wrong."""
    outcomes = view.outcomes()
    return _groups(_key(view), found, None if outcomes is None else outcomes.correct)


def _key(view: View) -> str:
    """Names an alignment among those that this server holds: what follows from it is kept by it."""
    return f"{view.choice.encoder}/{view.target.digest}/{view.fit.digest}/{view.settings}"


@st.cache_data(max_entries=16, show_spinner="Resampling for the intervals")
def _groups(key: str, _found: Alignment, correct: np.ndarray | None) -> dict[str, Summary]:
    del key
    split = {} if correct is None else by_outcome(_found, correct)
    return {"all": summarise(_found), **{OUTCOMES[name]: summary for name, summary in split.items()}}


@st.cache_data(max_entries=16, show_spinner=False)
def _sweep(key: str, _found: Alignment) -> pd.DataFrame:
    del key
    return sweep_table(_found)


@st.cache_data(max_entries=16, show_spinner=False)
def _classes(key: str, _found: Alignment) -> pd.DataFrame:
    del key
    return summary_table(by_class(_found))


@st.cache_data(max_entries=16, show_spinner=False)
def _features(key: str, _found: Alignment) -> pd.DataFrame:
    del key
    return feature_table(_found)


def overall(view: View, found: Alignment, metric: str) -> None:
    parts, chosen = groups(view, found), metric_named(metric)
    row = st.columns(4)
    for kind, column in zip(KINDS, row, strict=False):
        one = parts["all"][kind].metrics[metric]
        column.metric(
            f"{chosen.title}, {kind}",
            f"{one.mean:.3f}",
            f"{one.ci[0]:.3f} to {one.ci[1]:.3f}",
            delta_color="off",
            delta_arrow="off",
            help=f"{chosen.meaning}  \n`{chosen.formula}`  \n{one.images:,} images; chance {one.chance:.3f}, with "
            f"other images' masks {one.shuffled:.3f}.",
        )
    core = parts["all"]["core"]
    row[2].metric("Images without heat", f"{core.without_heat:,}", help="No discriminative feature fires in them.")
    row[3].metric("Without a core mask", f"{core.without_mask:,}", help="Left out of the mean for core.")
    bars = {name: {kind: of.metrics[metric] for kind, of in part.items()} for name, part in parts.items()}
    draw(
        alignment_figures.overlap_bars(bars, chosen.title),
        key="overlaps",
        alt=f"{chosen.title} by outcome, with chance",
    )
    with st.expander("Numbers"):
        table = summary_table(parts)
        st.dataframe(table[table["metric"] == metric].drop(columns="metric"), hide_index=True)
    if len(parts) == 1:
        st.caption("With labels and a linear probe (page *Does Q predict mistakes?*), outcomes are told apart here.")


def sweep(view: View, found: Alignment) -> None:
    st.subheader("Along the thresholds")
    masks = found.settings.sweep_mask
    mask = st.segmented_control("Mask from", masks, default=0.5 if 0.5 in masks else masks[0], required=True, key="at")
    draw(
        alignment_figures.threshold_sweep(_sweep(_key(view), found), mask, found.settings.thresholds.heat),
        key="sweep",
        alt="Heat-weighted IoU against the heat threshold",
    )
    st.caption("The paper does not state its thresholds. At 0 the measure is the share of the heat inside the mask.")


def classes(view: View, found: Alignment, metric: str) -> None:
    st.subheader("By class")
    if not found.classes:
        st.caption("This split has no labels.")
        return
    table = _classes(_key(view), found)
    of_metric = table[table["metric"] == metric].drop(columns="metric")
    st.dataframe(of_metric.rename(columns={"group": "class"}), hide_index=True)


def features(view: View, found: Alignment) -> None:
    """Those that rely on the background first; a row shows its strongest images with its maps."""
    st.subheader("Features by what they look at")
    table = _features(_key(view), found)
    notes = notes_of(view)
    names = [notes.get(int(number), NOTHING).name for number in table["feature"]]
    columns = ["feature", "name", "rate", "images", "leaning", "core", "core_shuffled", "spurious", "spurious_shuffled"]
    shown = table.assign(name=names)[columns]
    event = st.dataframe(
        shown,
        hide_index=True,
        height=300,
        on_select="rerun",
        selection_mode="single-row",
        key="leaning",
        column_config=COLUMNS,
    )
    st.caption(
        "Share of a feature's heat inside the masks over its strongest images, beside other images' masks. Leaning = "
        "(core - core_shuffled) - (spurious - spurious_shuffled): below 0 a feature looks at the background."
    )
    place = event.selection.rows[0] if event.selection.rows else 0
    if len(table):
        _strongest(view, found, int(table["feature"].iloc[place]))


def _strongest(view: View, found: Alignment, feature: int) -> None:
    pairs = found.pairs[found.pairs["feature"] == feature].sort_values("z", ascending=False).head(TOP_IMAGES)
    if pairs.empty:
        st.info(f"Feature {feature} is highly active in none of these images.")
        return
    name = notes_of(view).get(feature, NOTHING).name
    st.markdown(f"**Feature {feature}**{f' · {literal(name)}' if name else ''} in its strongest images")
    rows: pd.DataFrame = view.table().iloc[found.pictures["place"].to_numpy()[pairs["image"]]]
    maps = feature_maps.addresses(view, view.target.split, rows["id"], feature)
    notes = [f"z {z:.1f}" for z in pairs["z"]]
    state = {"target": "feature", "feature": feature}
    cards.show(view, rows, key="strongest", notes=notes, addresses=maps, lead_to="image", **state)
