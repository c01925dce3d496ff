"""The encoder on 64 pictures, before the full run."""

from typing import Any

import streamlit as st

from pages.ui import cached, work
from pages.ui.choice import Choice
from qscore_core.jobs import newest_job
from qscore_core.progress import format_seconds


def show(ref: str, choice: Choice | None) -> None:
    st.subheader("Try it on 64 images")
    if choice is None or choice.dataset.startswith("features:"):
        st.info("Choose pictures above to try it on.")
        return
    st.caption(f"Of `{choice.dataset}`, split `{choice.split}`.")
    arguments = ["--encoder", ref, "--dataset", choice.dataset, "--split", choice.split]
    job = newest_job("try", arguments, cached.workspace())
    if job is not None and job.state == "done" and job.result:
        _result(job.result)
    work.panel("try", arguments, begin=False, label="Try it", title=f"Trial: {ref} on {choice.dataset}")


def _result(trial: dict[str, Any]) -> None:
    row = st.columns(5)
    row[0].metric("Images a second", f"{trial['images_per_second']:,.0f}", help="Reading the pictures included.")
    row[1].metric("All of the split", format_seconds(trial["seconds_for_all"]), help="At this speed.")
    row[2].metric("Zero", f"{trial['zero_share']:.0%}", help="Share of the entries that are exactly zero: sparsity.")
    row[3].metric("Negative", f"{trial['negative_share']:.0%}", help="Share of the entries below zero.")
    row[4].metric(
        "Highly active",
        f"{trial['mean_active']:.1f}",
        help=f"Features of an image above epsilon {trial['epsilon']:g}, on average.",
    )
    for warning in trial["warnings"]:
        st.warning(warning, icon=":material/warning:")
    if not trial["warnings"]:
        st.success("Nothing to beware of in these images.", icon=":material/check_circle:")
    if trial["skipped"]:
        st.caption(f"{len(trial['skipped'])} images could not be read: {trial['skipped'][0]}")
