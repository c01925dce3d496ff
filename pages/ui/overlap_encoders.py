"""Several encoders on the same masks: bars by outcome, and examples with the heat of what fires (figures 5 and 6)."""

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui import address, cached, looked, overlap_cards
from pages.ui.alignment_parts import OUTCOMES
from pages.ui.choice import known_encoders, require_allowed
from pages.ui.looked import Looked
from pages.ui.plots import draw
from pages.ui.view import View
from qscore_core import alignment_figures
from qscore_core.alignment import KINDS, Summary, by_outcome, metric_named, outcome_gap, summary_table

MOST = 8
CONTROL = 560  # pixels
NARROW = "\N{NO-BREAK SPACE}"  # words that stay together on a small card


def show(view: View, metric: str) -> None:
    """Chooses encoders, makes what is missing, and shows those that are there."""
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    which = row.container(width=CONTROL)
    own = looked.choose_epsilon(row)
    refs = _choose(view, which, own)
    if not refs:
        st.info("Choose the encoders to look at; each is measured once, on the same images and masks.")
        return
    found = looked.look_up(view, refs, own)
    if found:
        _bars(found, metric)
        _galleries(view, found, metric)


def _choose(view: View, place: st.delta_generator.DeltaGenerator, own: bool) -> list[str]:
    """At first the encoder of the sidebar and those that were measured before."""
    known = known_encoders()
    if "many" not in st.session_state:
        st.session_state["many"] = [view.choice.encoder, *_at_hand(view, known, own)][:MOST]
    address.adopt({"many": lambda text: list(dict.fromkeys(address.listing(text)))[:MOST]})
    options = list(dict.fromkeys([*known, view.choice.encoder, *st.session_state["many"]]))
    chosen = place.multiselect("Encoders", options, key="many", max_selections=MOST, persist_state="session")
    for ref in chosen:
        require_allowed(ref)
    address.publish({"many": chosen})
    return chosen


def _at_hand(view: View, known: list[str], own: bool) -> list[str]:
    found = []
    for ref in known:
        try:
            if ref != view.choice.encoder:
                looked.looked(view, ref, own)
                found.append(ref)
        except cached.NotExtractedError:
            continue
    return found


@st.cache_data(max_entries=32, show_spinner="Resampling for the intervals")
def _by_outcome(key: str, _looked: Looked) -> dict[str, Summary]:
    del key
    groups = by_outcome(_looked.judged.alignment, _looked.judged.correct)
    return {OUTCOMES[name]: summary for name, summary in groups.items()}


@st.cache_data(max_entries=64, show_spinner="Resampling for the intervals")
def _gaps(key: str, _looked: Looked, metric: str) -> dict[str, object]:
    """Correct less mis-classified, by kind of mask, in words."""
    del key
    found = outcome_gap(_looked.judged.alignment, _looked.judged.correct, metric)
    words = {
        kind: "" if gap is None else f"{gap.difference:+.3f} [{gap.ci[0]:+.3f}, {gap.ci[1]:+.3f}]"
        for kind, gap in found.items()
    }
    return {f"{kind}: correct less mis-classified": text for kind, text in words.items()}


def _bars(found: dict[str, Looked], metric: str) -> None:
    title = metric_named(metric).title
    groups = {ref: _by_outcome(of.key, of) for ref, of in found.items()}
    overlaps = {
        ref: {name: {kind: of.metrics[metric] for kind, of in summary.items()} for name, summary in of_ref.items()}
        for ref, of_ref in groups.items()
    }
    figure = alignment_figures.encoder_bars(overlaps, title)
    draw(figure, key="encoder_bars", alt=f"{title} of each encoder, by outcome and kind of mask")
    words, export = st.columns([3, 1], vertical_alignment="top")
    words.caption(
        "The analogue of the paper's figure 6. Bars: means over the images of that outcome, whiskers 95 % intervals "
        "over images; diamonds: what a map that is equally hot everywhere would get."
    )
    tables = [summary_table(of).assign(encoder=ref) for ref, of in groups.items()]
    csv = pd.concat(tables).to_csv(index=False)
    export.download_button("Export CSV", csv, "overlaps.csv", "text/csv", icon=":material/download:")
    rows = [
        {"encoder": ref, "ε": of.analysis.settings.features.epsilon, "probe": of.judged.outcomes.accuracy}
        | _gaps(of.key, of, metric)
        for ref, of in found.items()
    ]
    number = st.column_config.NumberColumn
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config={"ε": number(format="%.1f"), "probe": number("probe top-1", format="percent")},
    )
    st.caption("An interval that leaves out 0 says that heat lies otherwise where the probe is wrong.")


def _galleries(view: View, found: dict[str, Looked], metric: str) -> None:
    st.subheader("What it looks like")
    order = overlap_cards.choose_order()
    for ref, of in found.items():
        st.markdown(f"**`{ref}`**")
        for outcome, column in zip(OUTCOMES.values(), st.columns(2, gap="large"), strict=True):
            with column:
                _examples(view, of, outcome, order, metric)


def _examples(view: View, of: Looked, outcome: str, order: str, metric: str) -> None:
    table = overlap_cards.table_of(of, metric)
    rows = table[table["correct"] == (outcome == "correct")]
    st.caption(f"{outcome}, {len(rows):,} images")
    if rows.empty:
        st.info(f"None is {outcome}.")
        return
    shown = overlap_cards.ordered(rows, order)
    notes = [
        f"Q{NARROW}{q:.3f} · " + _overlap_words(row)
        for q, (_, row) in zip(shown["q_score"], shown.iterrows(), strict=True)
    ]
    overlap_cards.show(view, of, shown, notes, key=f"heat_{of.ref}_{outcome}")


def _overlap_words(row: pd.Series) -> str:
    known = [f"{kind}{NARROW}{row[kind]:.2f}" for kind in KINDS if np.isfinite(row[kind])]
    return " · ".join(known) or "no heat"
