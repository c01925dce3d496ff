"""What became of an encoder: images whose outcome changed, with both maps and both confidences (figure 4)."""

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui import address, cached, cards, going, looked
from pages.ui.choice import known_encoders
from pages.ui.gallery import Card, gallery
from pages.ui.looked import SIDE, Looked
from pages.ui.map_pictures import map_address
from pages.ui.menu import BY_NAME
from pages.ui.view import View
from qscore_core.alignment import CHANGES, KINDS, change_table, changes
from qscore_core.encoders.lineage import lineage
from qscore_core.heatmaps import jpeg, resized

TITLE = "Before and after"
EACH = 12
CONTROL = 280  # pixels
WITHOUT_RUN = """No encoder of this workspace came out of `{encoder}` yet. Fine-tune it, or choose any two encoders
here: what is shown is where each looks, and whom each gets right."""


def chosen(before: str, after: str) -> dict[str, str]:
    """What the session holds when these two are chosen; `before` is the sidebar's encoder."""
    return {"family_of": before, "was": before, "became": after}


def show(view: View, metric: str) -> None:
    """Chooses the two encoders, makes what is missing, and shows whose outcome changed."""
    before, after, own = _choose(view)
    if before == after:
        st.info("Choose two different encoders.")
        return
    found = looked.look_up(view, [before, after], own)
    if len(found) == 2:
        first, second = found[before], found[after]
        table = _changes(f"{first.key} {second.key}", first, second, metric)
        _numbers(f"{first.key} {second.key}", table, metric)
        _pictures(view, first, second, table)


def _choose(view: View) -> tuple[str, str, bool]:
    """Parent and child of the sidebar's encoder as far as they are known, else any two."""
    known = known_encoders()
    before, after = _family(view.choice.encoder, known)
    if after is None:
        words, way = st.columns([5, 1.2], vertical_alignment="center")
        words.info(WITHOUT_RUN.format(encoder=view.choice.encoder))
        way.button("Fine-tune", icon=BY_NAME["finetune"].icon, on_click=going.to, args=("finetune",), width="stretch")
    options = list(dict.fromkeys([*known, view.choice.encoder]))
    if st.session_state.get("family_of") != view.choice.encoder:
        other = after or next((ref for ref in options if ref != before), before)
        st.session_state.update(chosen(before, other) | {"family_of": view.choice.encoder})
    address.adopt({"was": address.one_of(*options), "became": address.one_of(*options)})
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    was = row.selectbox("Before", options, key="was", persist_state="session", width=CONTROL)
    became = row.selectbox("After", options, key="became", persist_state="session", width=CONTROL)
    own = looked.choose_epsilon(row)
    address.publish({"was": was, "became": became})
    return was, became, own


def _family(ref: str, known: list[str]) -> tuple[str, str | None]:
    """The encoder and what came out of it: itself where it has a parent, else its newest child."""
    workspace = cached.workspace()
    origin = next(lineage(ref, workspace), None)
    if origin is not None and origin.parent in known:
        return origin.parent, ref
    runs = [other for other in known if other.startswith("run:")]
    children = [run for run in runs if (made := next(lineage(run, workspace), None)) and made.parent == ref]
    return ref, children[0] if children else None


@st.cache_data(max_entries=16, show_spinner="Joining the images")
def _changes(key: str, _first: Looked, _second: Looked, metric: str) -> pd.DataFrame:
    del key
    return changes(_first.judged, _second.judged, metric)


@st.cache_data(max_entries=16, show_spinner="Resampling for the intervals")
def _summed(key: str, metric: str, _table: pd.DataFrame) -> pd.DataFrame:
    del key, metric
    return change_table(_table)


def _numbers(key: str, table: pd.DataFrame, metric: str) -> None:
    rows = _summed(key, metric, table)
    shown = rows.assign(
        interval=[f"{low:+.3f} to {high:+.3f}" for low, high in zip(rows["low"], rows["high"], strict=True)]
    )
    shown.loc[~np.isfinite(rows["low"]), "interval"] = ""
    number = st.column_config.NumberColumn
    st.dataframe(
        shown.drop(columns=["low", "high"]),
        hide_index=True,
        column_config={
            "pictures": number(format="localized", help="In which both encoders have heat, and that have such a mask."),
            **dict.fromkeys(("before", "after"), number(format="%.3f")),
            "difference": number(format="%+.3f", help="After less before, on the same images."),
            "interval": st.column_config.TextColumn("95 % interval", help="Paired bootstrap over images."),
        },
    )
    words, export = st.columns([3, 1], vertical_alignment="top")
    words.caption(
        "Overlap with the masks, by what became of the outcome. An interval that leaves out 0 says that heat moved."
    )
    csv = table.to_csv(index=False)
    export.download_button("Export CSV", csv, "changes.csv", "text/csv", icon=":material/download:")


def _pictures(view: View, first: Looked, second: Looked, table: pd.DataFrame) -> None:
    """Both maps side by side, those images first whose confidence changed most."""
    counts = table["change"].value_counts()
    st.session_state.setdefault("change", CHANGES[False, True])
    address.adopt({"change": address.one_of(*CHANGES.values())})
    change = st.segmented_control(
        "Outcome",
        list(CHANGES.values()),
        format_func=lambda name: f"{name} ({counts.get(name, 0):,})",
        required=True,
        key="change",
        persist_state="session",
    )
    address.publish({"change": change})
    rows = table[table["change"] == change]
    if rows.empty:
        st.info(f"No image is {change}.")
        return
    moved = (rows["confidence_after"] - rows["confidence_before"]).abs()
    rows = rows.loc[moved.sort_values(ascending=False, kind="stable").index].head(EACH)
    dataset = view.pictures(view.target.split)
    assert dataset is not None  # alignments are of pictures
    ids = list(rows["id"])
    both = zip(rows.iterrows(), first.overlays(dataset, ids), second.overlays(dataset, ids), strict=True)
    row_of = cards.rows_by_id(dataset)
    transform = cached.encoder(second.ref).transform
    st.caption(
        "Left to right: the picture, the heat of what fires in it before, and after, those first whose confidence "
        "changed most. The analogue of the paper's figure 4; a click opens the image."
    )
    drawn = []
    for (_, row), before, after in both:
        picture = resized(transform.geometry(dataset.source.image(int(row_of[row["id"]]))), SIDE)
        drawn.append(_card(row, map_address(jpeg(np.hstack([picture, before, after])))))
    open_image = lambda image: going.to("image", image=image, encoder=second.ref)  # noqa: E731
    gallery(drawn, key="changed", cell=330, aspect=3, on_pick=open_image)


def _card(row: pd.Series, address_: str) -> Card:
    sides = [
        f"{'✓' if row[f'correct_{side}'] else '✗'} {row[f'predicted_{side}']} {row[f'confidence_{side}']:.0%}"
        for side in ("before", "after")
    ]
    overlaps = [
        f"{kind} {row[f'{kind}_before']:.2f} → {row[f'{kind}_after']:.2f}"
        for kind in KINDS
        if np.isfinite([row[f"{kind}_before"], row[f"{kind}_after"]]).all()
    ]
    outcome = "correct" if row["correct_after"] else "wrong"
    alt = f"Picture {row['id']} of {row['class_name']}, with the heat of both encoders"
    note = " · ".join([*overlaps, f"Q {row['q_score_before']:.3f} → {row['q_score_after']:.3f}"])
    return Card(row["id"], address_, row["class_name"], note, alt, " → ".join(sides), outcome)
