"""How much of one map lies on the masks: one measure in words, all of them beside their chance level in a table."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st
import torch
from torch import Tensor

from pages.ui import address
from qscore_core.alignment import METRICS, Agreement, Thresholds, agreement

LEAD = "mass"  # no threshold on the heat enters it, and its chance level is plain: the mask's share of the picture
LABELS = {"heat": "Hot from", "mask": "Mask from"}
HELP = {
    "heat": "What counts as hot, as a share of the map's maximum: in the two IoUs, and where contour lines run.",
    "mask": "What counts as inside a mask that has values between 0 and 1.",
}
NOTE = """Heat that speaks against the score counts as none; style, sign, smoothing and scale change the picture alone.
Chance is what a map gets that is equally hot everywhere: the mask's share of the picture, and one half for AUC."""


def choose_thresholds(drawn: Sequence[str]) -> Thresholds:
    """Draws those of `heat` and `mask` that matter for what is shown; the others stay as they were.

    The paper does not state its own.
    """
    halves, state = Thresholds(), st.session_state
    for key, value in (("heat", halves.heat), ("mask", halves.mask)):
        state.setdefault(key, value)
    address.adopt(dict.fromkeys(LABELS, address.between(0, 1)))
    for key in drawn:
        st.slider(LABELS[key], 0.0, 1.0, step=0.05, key=key, persist_state="session", help=HELP[key])
    address.publish({key: state[key] for key in drawn})
    return Thresholds(state["heat"], state["mask"])


def show(heat: np.ndarray, masks: Tensor, thresholds: Thresholds) -> None:
    """The share of the heat on each kind of mask as a sentence, and the other measures where they are asked for."""
    found = agreement(torch.from_numpy(heat), masks, thresholds)
    st.markdown(in_words(found))
    with st.expander(f"All {len(METRICS)} measures"):
        st.dataframe(
            pd.DataFrame([_row(metric.key, metric.title, found) for metric in METRICS]),
            hide_index=True,
            column_config={column: st.column_config.NumberColumn(format="%.2f") for column in _columns(found)},
        )
        st.caption(NOTE)
        st.caption("\n".join(f"- **{one.title}**: {one.meaning} `{one.formula}` ({one.source})" for one in METRICS))


def in_words(found: dict[str, Agreement]) -> str:
    """Which share of the heat lies on each kind of mask, against chance."""
    if any(np.isnan(of_kind.values[LEAD]) for of_kind in found.values()):
        return "This map has no heat, so no share of it lies anywhere."
    return "Of the heat, " + "; ".join(_share(kind, of_kind) for kind, of_kind in found.items()) + "."


def _share(kind: str, of_kind: Agreement) -> str:
    value, chance = f"{of_kind.values[LEAD]:.0%}", f"{of_kind.chance(LEAD):.0%}"
    if value == chance:
        return f"**{value}** lies on the **{kind}** parts, as by chance"
    side = "more" if of_kind.values[LEAD] > of_kind.chance(LEAD) else "less"
    return f"**{value}** lies on the **{kind}** parts, {side} than the {chance} of chance"


def _row(key: str, title: str, found: dict[str, Agreement]) -> dict[str, str | float]:
    values = [number for of_kind in found.values() for number in (of_kind.values[key], of_kind.chance(key))]
    return {"measure": title, **dict(zip(_columns(found), values, strict=True))}


def _columns(found: dict[str, Agreement]) -> list[str]:
    return [name for kind in found for name in (kind, f"{kind} by chance")]
