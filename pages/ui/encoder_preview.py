"""One of the user's pictures, and what the encoder gets to see of it."""

import streamlit as st

from pages.ui import cached
from pages.ui.choice import Choice
from pages.ui.encoder_report import Found
from qscore_core.datasets import Dataset, is_at_hand
from qscore_core.errors import QScoreError


def show(found: Found, choice: Choice | None) -> None:
    st.subheader("What it sees")
    data = _pictures(choice)
    if choice is None or data is None:
        st.info("Choose pictures above to see what becomes of them.")
        return
    st.caption(f"A picture of `{choice.dataset}`, split `{choice.split}`.")
    controls, left, right = st.columns([1, 2, 2], gap="large")
    number = controls.number_input("Picture", 1, len(data), key="preview_picture", help=f"Of split `{data.split}`.") - 1
    try:
        image = data.source.image(number)
    except QScoreError as error:
        st.error(str(error))
        return
    width, height = image.size
    left.image(image, caption=f"The picture, {width} x {height}", alt="The picture as it is", width="stretch")
    crop = found.transform.crop
    seen = found.transform.geometry(image)
    right.image(seen, caption=f"What the network sees, {crop} x {crop}", alt="After resize and crop", width="stretch")


def _pictures(choice: Choice | None) -> Dataset | None:
    """The pictures behind the sidebar's choice, None where there are none yet."""
    if choice is None or choice.dataset.startswith("features:"):
        return None
    if not is_at_hand(choice.dataset, choice.split, cached.workspace()):
        return None
    return cached.dataset(choice.dataset, choice.split)
