"""Where a session begins: what is loaded, how its scores look, and where to go from here."""

import streamlit as st

from pages.ui import cards, classroom, work
from pages.ui.menu import BY_NAME
from pages.ui.plots import plot
from pages.ui.report_panel import report_panel
from pages.ui.view import View, current_view
from qscore_core import figures

INTRO = """A self-supervised encoder learns without labels, and fails without a word. In each image only a few features
fire strongly; those that do so in a moderate share of the images are the **discriminative features**. How strongly they
fire in one image is its **Q-Score**. Low scores mark images that the encoder is likely to represent badly, before any
label is seen; with labels, *Does Q predict mistakes?* tells whether that holds here."""


def subject(view: View) -> None:
    """What is shown, and the way to one's own."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Showing `{view.choice.encoder}` on `{view.choice.dataset}`, as the sidebar says.", width="content")
        if not classroom.on():
            page = BY_NAME["encoders"]
            st.page_link(page.script, label="Open your own encoder and images", icon=page.icon, width="content")


def numbers(view: View) -> None:
    """The state of affairs in six numbers."""
    check, scores = view.analysis.check, view.analysis.scores
    row = st.columns(6)
    row[0].metric("Images scored", f"{view.target.images:,}", help=f"Split `{view.target.split}`.")
    row[1].metric("Features", f"{view.target.dim:,}", help="Length r of a representation.")
    row[2].metric(
        "Discriminative",
        f"{view.analysis.features.count:,}",
        help=f"Features between the two percentiles of the activation rate, found on split `{view.fit.split}`.",
    )
    row[3].metric("Mean Q-Score", f"{scores.q.mean():.3f}", help="Unit-length representations; images at 0 included.")
    row[4].metric("Active per image", f"{check.mean_active:.1f}", help="Features above ε in an image, on average: |L|.")
    row[5].metric(
        "Q = 0", f"{check.empty_share:.1%}", help="Images in which no discriminative feature is highly active."
    )


def extremes(view: View) -> None:
    """The two ends of the ranking, as pictures."""
    table = view.table().sort_values("q_score", kind="stable")
    low, high = st.columns(2, gap="large")
    with low:
        st.subheader("Lowest Q-Scores")
        cards.show(view, table.head(8), key="lowest", cell=96, lead_to="image")
        st.page_link(BY_NAME["low_q"].script, label="Inspect low-Q images", icon=BY_NAME["low_q"].icon)
    with high:
        st.subheader("Highest Q-Scores")
        cards.show(view, table.tail(8)[::-1], key="highest", cell=96, lead_to="image")
        st.page_link(BY_NAME["features"].script, label="See the features behind", icon=BY_NAME["features"].icon)


def distribution(view: View) -> None:
    st.subheader("All scores")
    outcomes = view.outcomes()
    plot(
        lambda: figures.score_histogram(view.analysis.scores.q, None if outcomes is None else outcomes.correct),
        *(view.key, outcomes is None),
        alt="Histogram of the Q-Score over all images",
        key="scores",
    )
    if outcomes is not None:
        st.caption(f"Outcome of a linear probe fitted on split `{view.fit.split}`: {outcomes.accuracy:.1%} correct.")
        st.page_link(BY_NAME["prediction"].script, label="Does Q predict mistakes?", icon=BY_NAME["prediction"].icon)
    elif view.labelled:
        st.caption("There are labels: fit a linear probe to see which images it gets wrong.")
        work.probe_panel(view.choice)


def report(view: View) -> None:
    """What is shown, as a file: at this epsilon, with the paper's band."""
    if view.choice.dataset.startswith("features:"):
        return
    epsilon = f"{view.settings.features.epsilon:g}"
    where = ["--dataset", view.choice.dataset, "--split", view.choice.split, "--fit", view.choice.fit]
    arguments = [view.choice.encoder, *where, "--epsilon", epsilon]
    digests = [view.target.digest, view.fit.digest]
    report_panel(arguments, f"Report: {view.choice.subject}", digests, (view.choice.dataset, view.choice.split))


view = current_view()
st.markdown(INTRO)
subject(view)
numbers(view)
extremes(view)
distribution(view)
report(view)
