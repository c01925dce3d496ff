"""Background work on a page: start it, watch it, stop it, go on with it."""

from typing import Any

import streamlit as st

from pages.ui import cached
from pages.ui.choice import Choice
from qscore_core.datasets import is_at_hand
from qscore_core.jobs import Job, cancel_job, ensure_job, newest_job, read_job
from qscore_core.progress import format_seconds

LOOK_EVERY_SECONDS = 1.0


def extraction_panel(choice: Choice) -> None:
    """Representations, scores and, with labels, the linear probe of a choice, as one job."""
    kind, arguments = _everything(choice)
    st.subheader(f"Getting ready: {choice.subject}")
    st.write(
        "Each picture passes once through the encoder; its representation stays in the workspace and is never "
        "computed again. You may leave this page or close the browser meanwhile."
    )
    panel(kind, arguments, begin=choice.built_in, label="Compute representations")


def probe_panel(choice: Choice) -> None:
    """The linear probe of a choice whose representations are there."""
    arguments = [*_subject(choice), "--train", choice.fit, "--split", choice.split]
    panel("probe", arguments, begin=False, label="Fit the linear probe")


def compression_panel(choice: Choice, epsilon: float) -> dict[str, Any] | None:
    """Accuracy against the share of features kept, as a job; its result once it is done."""
    arguments = [*_subject(choice), "--train", choice.fit, "--split", choice.split, "--epsilon", f"{epsilon:g}"]
    job = newest_job("compress", arguments, cached.workspace())
    if job is not None and job.state == "done":
        return job.result
    panel("compress", arguments, begin=False, label="Compute the curve")
    return None


def _subject(choice: Choice) -> list[str]:
    imported = choice.dataset.startswith("features:")
    return ["--dataset", choice.dataset] if imported else ["--dataset", choice.dataset, "--encoder", choice.encoder]


def _everything(choice: Choice) -> tuple[str, list[str]]:
    arguments = [*_subject(choice), "--split", choice.split, "--fit", choice.fit, "--epsilon", "auto"]
    if choice.built_in or _labelled(choice):
        return "evaluate", [*arguments, "--train", choice.fit]
    return "score", arguments


def _labelled(choice: Choice) -> bool:
    if not is_at_hand(choice.dataset, choice.split, cached.workspace()):
        return True
    return all(cached.dataset(choice.dataset, split).labelled for split in (choice.split, choice.fit))


def panel(kind: str, arguments: list[str], *, begin: bool, label: str) -> None:
    """The newest job of this work with its controls; `begin` starts it unasked when there never was one."""
    job = newest_job(kind, arguments, cached.workspace())
    if job is None and begin:
        job = ensure_job(kind, arguments, cached.workspace())
    if job is None:
        st.button(label, type="primary", on_click=ensure_job, args=(kind, arguments, cached.workspace()))
    elif job.live:
        _watch(job)
    elif job.state == "done":
        # The result is there but not what the page needs: files changed since.
        st.button(f"{label} again", type="primary", on_click=ensure_job, args=(kind, arguments, cached.workspace()))
    else:
        _ended(job, kind, arguments)


@st.fragment(run_every=LOOK_EVERY_SECONDS)
def _watch(job: Job) -> None:
    job = read_job(job.log.parent)
    if not job.live:
        st.rerun()
    st.progress(min(job.fraction, 1.0), text=_standing(job))
    if st.button("Stop", icon=":material/stop_circle:", help="What was computed is kept."):
        cancel_job(job, cached.workspace())


def _standing(job: Job) -> str:
    if not job.total:
        return "Starting"
    left = "" if job.eta_seconds is None else f", {format_seconds(job.eta_seconds)} left"
    return f"{job.phase}: {job.done:,} of {job.total:,} ({job.rate:,.0f} a second{left})"


def _ended(job: Job, kind: str, arguments: list[str]) -> None:
    words = {
        "failed": st.error,
        "cancelled": st.info,
        "interrupted": st.warning,
    }
    title = {"failed": "It failed", "cancelled": "It was stopped", "interrupted": "It was interrupted"}[job.state]
    words[job.state](f"{title}. {job.error}")
    label = "Try again" if job.state == "failed" else "Go on"
    st.button(label, type="primary", on_click=ensure_job, args=(kind, arguments, cached.workspace()))
    if job.log.is_file():
        with st.expander("Log"):
            st.code(job.log.read_text(errors="replace")[-4000:] or "(empty)", language=None)
