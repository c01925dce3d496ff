"""Whether the compared encoders agree on the images that an image lies among, and where they agree least."""

import numpy as np
import streamlit as st

from pages.ui import compare_cached, compare_selection, work
from pages.ui.compare_choice import Compared
from pages.ui.plots import draw
from qscore_core import comparison_figures as figures
from qscore_core.comparison import Comparison, Pair, pair_table

LISTED = 12


def panel(found: Comparison, pair: Pair, chosen: Compared) -> None:
    """Agreement of every two encoders as a matrix, and the images on which all agree least; or the job for it."""
    near = compare_cached.neighbourhoods(found, chosen)
    if near is None:
        st.write("Each image's nearest fit images are searched in every encoder's representations, once.")
        arguments = [*chosen.arguments, "--neighbours"]
        work.panel("compare", arguments, begin=False, label="Search the neighbours", title=f"Near: {chosen.title}")
        return
    left, right = st.columns(2, gap="large")
    with left:
        figure = figures.similarity_matrix(found.refs, near.pairs, "shared")
        draw(figure, key="neighbours", alt="Neighbourhood consistency of every two encoders")
        st.caption(
            f"NC, k = {near.k} (arXiv 2306.00206): of an image's nearest fit images under two encoders, the share that "
            f"both name (Jaccard index), averaged over the images. All {len(found.refs)} encoders: "
            f"{near.consistency.mean():.3f}."
        )
    with right:
        st.markdown("**Where they agree least**")
        places = np.argsort(near.consistency, kind="stable")[:LISTED]
        compare_selection.show(chosen, pair, pair_table(found, pair).iloc[places], key="least_agreed", cell=96)
