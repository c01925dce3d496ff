"""Class by class, the images that the encoder represents badly beside those that it represents well."""

import pandas as pd
import streamlit as st

from pages.ui import cards
from pages.ui.view import View
from pages.ui.words import counted, literal

EACH, MOST_CLASSES = 6, 12


def show(view: View, shown: pd.DataFrame, among: pd.DataFrame) -> None:
    """Of each class the lowest Q in `shown` and the highest Q in `among`; classes with the most shown come first."""
    classes = shown["class_name"].value_counts().index
    for number, name in enumerate(classes[:MOST_CLASSES]):
        low, of_class = shown[shown["class_name"] == name], among[among["class_name"] == name]
        _class(view, str(name), number, low.nsmallest(EACH, "q_score"), of_class)
    if len(classes) > MOST_CLASSES:
        st.caption(f"{MOST_CLASSES} of {len(classes)} classes; choose others in the filter above.")


def _class(view: View, name: str, number: int, low: pd.DataFrame, of_class: pd.DataFrame) -> None:
    with st.container(border=True):
        words = f"**{literal(name)}** · {counted(len(of_class), 'image')}, median Q {of_class['q_score'].median():.3f}"
        if "correct" in of_class:
            words += f", {of_class['correct'].mean():.0%} classified correctly"
        st.markdown(words)
        left, right = st.columns(2, gap="medium")
        with left:
            st.caption("Lowest Q")
            cards.show(view, low, key=f"low_of_{number}", cell=84)
        with right:
            st.caption("Highest Q")
            cards.show(view, of_class.nlargest(EACH, "q_score"), key=f"high_of_{number}", cell=84)
