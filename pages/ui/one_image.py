"""One image in full: its score in words, the features that fire in it, and what else is known of it."""

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui import address, cached, cards, going
from pages.ui.feature_naming import notes_of
from pages.ui.menu import BY_NAME
from pages.ui.pictures import LARGE, absolute, picture_address
from pages.ui.rows import rows
from pages.ui.view import View
from pages.ui.words import literal
from qscore_core.feature_notes import NOTHING
from qscore_core.why_low import in_sentences

MIDDLE = 0.5

SCORE_COLUMNS = {
    *("id", "path", "label", "split", "q_score", "highly_active", "discriminative_active", "mean", "std", "max_z"),
    *("q_score_v1", "class_name", "predicted", "confidence", "correct", "class"),
}
HELPS = {
    "z": "Standard deviations above the image's mean.",
    "A, %": "In how many images it fires.",
    "in D": "Whether its activation rate A lies in the band: it is discriminative and counts for Q.",
}


def explained(view: View, table: pd.DataFrame, selection: pd.DataFrame) -> None:
    """The picked image in full: its score in words and the features that fire in it."""
    image = cards.picked_image()
    found = np.flatnonzero((table["id"] == image).to_numpy())
    if not len(found) and selection.empty:
        return
    place = int(found[0]) if len(found) else int(selection.index[0])  # its rows carry their places in `table` as index
    row = table.iloc[place]
    image = str(row["id"])
    address.publish({"image": image})
    st.subheader(row["class_name"] or row["id"])
    dataset = view.pictures(view.target.split)
    if dataset is not None:
        number = int(cards.rows_by_id(dataset)[str(row["id"])])
        st.image(absolute(picture_address(dataset, number, LARGE)), width="stretch", alt=f"Picture {row['id']}")
    st.caption(str(row["id"]))
    st.button(
        "Where its features look",
        icon=BY_NAME["image"].icon,
        on_click=going.to,
        args=("image",),
        kwargs={"image": str(image)},
    )
    st.markdown(f"{in_words(table, row)}\n\n{why(view, place)}")
    _own_features(view, place)
    causes(row)


def in_words(table: pd.DataFrame, row: pd.Series) -> str:
    below = float((table["q_score"] < row["q_score"]).mean())
    words = [f"**Q {row['q_score']:.3f}**: {below:.0%} of the images score lower."]
    if "correct" in row:
        said = "right" if row["correct"] else "wrong"
        words.append(f"The probe says **{row['predicted']}** ({row['confidence']:.0%} sure), which is {said}.")
    return " ".join(words)


def why(view: View, place: int) -> str:
    """What makes its Q, as a list: the factors, what its like have and it has not, and what it has instead."""
    found = cached.explanation(view.target.folder, view.fit.folder, view.settings, place)
    title = "Why is its Q low?" if found.below < MIDDLE else "What makes its Q?"
    return f"**{title}**\n" + "\n".join(f"- {literal(words)}" for words in in_sentences(found, notes_of(view)))


def _own_features(view: View, place: int) -> None:
    """L_i, strongest first, each a way to its feature."""
    epsilon = view.settings.features.epsilon
    numbers, z = view.analysis.index.active_features(place, epsilon)
    if not len(numbers):
        return
    features, notes = view.analysis.features, notes_of(view)
    shown = pd.DataFrame(
        {
            "feature": numbers,
            "name": [notes.get(int(number), NOTHING).name for number in numbers],
            "z": z,
            "A, %": features.rates[numbers],
            "in D": features.discriminative[numbers],
        }
    )
    if not shown["name"].any():
        shown = shown.drop(columns="name")
    rows(
        shown,
        key="own_features",
        alt="Features that fire in this image, strongest first",
        on_pick=lambda row: going.to("features", feature=int(numbers[row])),
        formats={"z": ".1f", "A, %": ".1f"},
        helps=HELPS,
    )
    st.caption("What fires in it, strongest first. A row leads to its feature.")


def causes(row: pd.Series) -> None:
    """Whatever else the data set knows of the image."""
    known = {name: value for name, value in row.items() if name not in SCORE_COLUMNS and pd.notna(value)}
    if known:
        with st.expander("What is known of this image", expanded=True):
            words = [f"{name.replace('_', ' ')}: **{_plain(value)}**" for name, value in known.items()]
            st.markdown(" · ".join(words))


def _plain(value: object) -> str:
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    return f"{value:.2f}" if isinstance(value, float) else str(value)
