"""Encoders side by side on the same images: who represents which images badly, and what their features share."""

import pandas as pd
import streamlit as st

from pages.ui import (
    address,
    body,
    compare_cached,
    compare_details,
    compare_neighbours,
    compare_selection,
    report_panel,
    work,
)
from pages.ui.cached import NotExtractedError
from pages.ui.choice import Choice
from pages.ui.compare_choice import Compared, choose_compared, choose_pair
from pages.ui.view import current_choice
from pages.ui.words import literal
from qscore_core.comparison import FEWEST, Comparison, measure_table, pair_in_words, pair_table
from qscore_core.errors import QScoreError
from qscore_core.measure_leads import leading_part, leads, leads_in_words
from qscore_core.measure_text import text_table
from qscore_core.measures import MeasureTable

WITHOUT_DATA = (
    "Encoders are compared on the data of the sidebar. What it names cannot be opened; the reason stands there. "
    "Choose another encoder or other data."
)
OF_ARRAYS = "An array brought in comes without an encoder, so there is nothing to compare on it. Choose other data."
TOO_FEW = (
    "Choose at least two encoders: built-in ones, a file, a run of this workspace. They look at the same images; what "
    "each represents badly, alone or together, is shown side by side."
)
DETAILS = ("Disagreement", "Classes", "Representations", "Neighbours", "Features")


def gathered(chosen: Compared) -> Comparison | None:
    """The comparison, or the job that makes what it needs."""
    try:
        return compare_cached.comparison(chosen)
    except NotExtractedError:
        st.write(
            "Representations, probes and reports of these encoders are made once and stay in the workspace. "
            "You may leave this page or close the browser meanwhile."
        )
        work.panel("compare", chosen.arguments, begin=False, label="Compare these encoders", title=chosen.title)
    return None


def overview(found: Comparison) -> None:
    """One table for all encoders."""
    for ref, missing in found.shared.missing.items():
        if missing:
            st.warning(f"`{ref}` lacks {len(missing):,} images that others have; they are left out of all numbers.")
    for member in found.members:
        if not member.report.scores[0].suits:
            st.warning(f"`{member.ref}`: {' '.join(member.report.findings)}", icon=":material/warning:")
    table = measure_table(found)
    leading = leading_part(table)
    if leading.measures:
        st.markdown(literal(leads_in_words(table)))
        st.table(_with_leaders_in_bold(leading), alt="Measures by which one is better, the clearly best in bold")
    with st.expander(f"All {len(table.measures)} measures", expanded=not leading.measures):
        st.dataframe(text_table(table), hide_index=True, height="content", alt="Measures of each encoder")
    words, export = st.columns([5, 1], vertical_alignment="top")
    one = found.members[0].report
    words.caption(
        f"On the {found.shared.images:,} images of split `{one.split}` that all have; discriminative features and "
        f"probe from `{one.fit}`. Brackets: 95 % intervals over the images. "
        "Rank metrics compare runs of one method rather than methods."
    )
    csv = table.table().to_csv(index=False)
    export.download_button(
        "Export CSV", csv, "encoders.csv", "text/csv", icon=":material/download:", key="export_table", width="stretch"
    )


def _with_leaders_in_bold(leading: MeasureTable) -> pd.DataFrame:
    """As Markdown, which a table shows."""
    rows = text_table(leading).set_index("measure")
    for lead in leads(leading):
        if lead.clear:
            rows.loc[lead.measure, lead.encoder] = f"**{rows.loc[lead.measure, lead.encoder]}**"
    return rows.rename(index=literal, columns=literal)


def views(found: Comparison, chosen: Compared) -> None:
    """Offers the metrics that cost passes through the encoders."""
    if all("lidar" in member.report.metrics for member in found.members):
        return
    how = compare_cached.VIEWS
    with st.expander("Add alignment and LiDAR"):
        st.caption(
            f"Both ask how far {how.views} random views of an image are the same to an encoder. Takes up to "
            f"{how.views * how.images:,} passes through each, once."
        )
        arguments = [*chosen.arguments, "--views", str(how.views)]
        work.panel("compare", arguments, begin=False, label="Look at several views", title=f"Views: {chosen.title}")


def closely(choice: Choice, found: Comparison, chosen: Compared) -> None:
    """Two of the encoders, image by image."""
    st.subheader("Two of them, image by image")
    first, second = choose_pair(found.refs)
    pair = compare_cached.pair(found, first, second, chosen)
    st.markdown(pair_in_words(pair))
    table = pair_table(found, pair)
    keep = compare_selection.filtered(table, found.refs)
    line = st.container()
    left, right = st.columns([1.15, 1], gap="large")
    with left:
        keep = keep & compare_selection.drawn_around(table, pair, chosen, keep)
    with line:
        shown = compare_selection.chosen_images(choice, pair, table, keep)
    with right:
        compare_selection.grid(pair, chosen, shown)
    address.adopt({"detail": address.one_of(*DETAILS)})
    st.session_state.setdefault("detail", DETAILS[0])
    detail = st.segmented_control("More", DETAILS, required=True, key="detail", label_visibility="collapsed")
    address.publish({"detail": detail})
    if detail == "Disagreement":
        compare_details.disagreement(found, pair, chosen)
    elif detail == "Classes":
        compare_details.classes(found, pair, chosen)
    elif detail == "Representations":
        compare_details.representations(found)
    elif detail == "Neighbours":
        compare_neighbours.panel(found, pair, chosen)
    else:
        compare_details.features(found, pair, chosen)


def report(found: Comparison, chosen: Compared) -> None:
    """All of it as a file."""
    arguments = [*chosen.arguments, "--percentile", str(chosen.percentile)]
    digests = [digest for member in found.members for digest in member.digests]
    title = f"Report: {len(chosen.refs)} encoders on {chosen.dataset}"
    report_panel.report_panel(arguments, title, digests, (chosen.dataset, chosen.split))


def page() -> None:
    choice = current_choice()
    if choice is None or choice.dataset.startswith("features:"):
        st.info(WITHOUT_DATA if choice is None else OF_ARRAYS, icon=":material/help:")
        return
    try:
        chosen = choose_compared(choice)
        if len(chosen.refs) < FEWEST:
            st.info(TOO_FEW)
        elif found := gathered(chosen):
            overview(found)
            views(found, chosen)
            closely(choice, found, chosen)
            report(found, chosen)
    except QScoreError as error:
        st.error(str(error), icon=":material/error:")


body.alone(page)
