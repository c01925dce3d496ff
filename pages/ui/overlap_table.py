"""How much of one map lies on the masks: every measure beside its chance level, at thresholds that can be moved."""

import numpy as np
import pandas as pd
import streamlit as st
import torch
from torch import Tensor

from pages.ui import address
from qscore_core.alignment import METRICS, Agreement, Thresholds, agreement

HELP = {
    "heat": "What counts as hot, as a share of the map's maximum.",
    "mask": "What counts as inside a mask that has values between 0 and 1.",
}
NOTE = """Heat that speaks against the score counts as none; style, sign, smoothing and scale change the picture alone.
Chance is what a map gets that is equally hot everywhere: the mask's share of the picture, and one half for AUC."""


def choose_thresholds() -> Thresholds:
    """Draws the two thresholds; the paper does not state its own."""
    halves = Thresholds()
    for key, value in (("heat", halves.heat), ("mask", halves.mask)):
        st.session_state.setdefault(key, value)
    address.adopt(dict.fromkeys(("heat", "mask"), address.between(0, 1)))
    heat, mask = (
        st.slider(label, 0.0, 1.0, step=0.05, key=key, persist_state="session", help=HELP[key])
        for label, key in (("Hot from", "heat"), ("Mask from", "mask"))
    )
    address.publish({"heat": heat, "mask": mask})
    return Thresholds(heat, mask)


def show(heat: np.ndarray, masks: Tensor, thresholds: Thresholds) -> None:
    """One row a kind of mask and its chance, one column a measure, whose formula stands in the column's help."""
    found = agreement(torch.from_numpy(heat), masks, thresholds)
    rows = pd.DataFrame([row for kind, of_kind in found.items() for row in _rows(kind, of_kind)])
    columns = {
        metric.title: st.column_config.NumberColumn(
            format="%.2f", help=f"{metric.meaning}  \n`{metric.formula}`  \n{metric.source}"
        )
        for metric in METRICS
    }
    st.dataframe(rows, hide_index=True, column_config={" ": st.column_config.TextColumn(width="small"), **columns})
    st.caption(NOTE)


def _rows(kind: str, of_kind: Agreement) -> list[dict[str, str | float]]:
    values = {metric.title: of_kind.values[metric.key] for metric in METRICS}
    chance = {metric.title: of_kind.chance(metric.key) for metric in METRICS}
    return [{" ": kind, **values}, {" ": "by chance", **chance}]
