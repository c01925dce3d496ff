"""One job on a page: what it is, how it stands, and what can be done about it."""

import time
from datetime import datetime

import streamlit as st

from pages.ui import cached, classroom, job_results, work
from pages.ui.words import literal
from qscore_core.errors import QScoreError
from qscore_core.jobs import Job, resume_job
from qscore_core.jobs.request import KINDS
from qscore_core.progress import format_seconds

BADGES = {
    "starting": (":material/hourglass_empty:", "gray"),
    "queued": (":material/hourglass_empty:", "gray"),
    "running": (":material/play_arrow:", "blue"),
    "done": (":material/check:", "green"),
    "failed": (":material/error:", "red"),
    "cancelled": (":material/stop_circle:", "orange"),
    "interrupted": (":material/power_off:", "orange"),
}
COMPLAINT = "job_complaint"


def card(job: Job) -> None:
    """Draws it; a live one with its progress, an ended one with the way to its result or to go on."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            icon, colour = BADGES[job.state]
            st.markdown(f":{colour}-badge[{icon} {job.state}] **{literal(job.title)}**", width="stretch")
            _buttons(job)
        st.caption(_about(job))
        if job.live:
            _live(job)
        elif job.error and job.state != "done":
            st.markdown(job.error if not classroom.on() else "The teacher can see why.")
        if not job.live or job.state == "running":
            work.log(job)


def _about(job: Job) -> str:
    """Kind and subject, where the title does not say them, device and times on one line."""
    named = [KINDS[job.kind], " on ".join(filter(None, (job.encoder, job.dataset)))]
    parts = [*(part for part in named if part not in job.title), job.device, times(job)]
    return " · ".join(literal(part) for part in parts)


def times(job: Job) -> str:
    """When it was asked for, began and ended, in the server's time of day."""
    if job.began is None:
        return f"asked for {clock(job.submitted)}"
    if job.ended is None:
        return f"started {clock(job.began)}, {format_seconds(max(time.time() - job.began, 0))} ago"
    return f"started {clock(job.began)}, ended {clock(job.ended)} after {format_seconds(max(job.ended - job.began, 0))}"


def clock(seconds: float) -> str:
    """`14:05:09`, before today `Aug 1, 14:05:09`."""
    then = datetime.fromtimestamp(seconds).astimezone()
    today = then.date() == datetime.now().astimezone().date()
    return then.strftime("%H:%M:%S" if today else "%b %-d, %H:%M:%S")


def _live(job: Job) -> None:
    if job.state == "running":
        st.progress(min(job.fraction, 1.0), text=work.standing(job))
    elif job.place:
        st.caption(f"Waiting: {literal(job.place)}. A device does one job at a time.")
    if job.stopping:
        st.caption("Stopping: it saves where it is.")


def _buttons(job: Job) -> None:
    key = f"act_{job.id}"
    if classroom.on() and job.state != "done":
        return
    if job.live:
        how = {"on_click": work.stop, "args": (job,), "disabled": job.stopping, "help": "What was computed is kept."}
        st.button("Stop", icon=":material/stop_circle:", key=key, **how)
    elif job.state == "done":
        page = job_results.page_of(job)
        if classroom.on() and not page.in_classroom:
            return
        where = {"icon": page.icon, "query_params": job_results.address_of(job)}
        st.page_link(page.script, label="Open the result", width="content", **where)
    else:
        label = "Try again" if job.state == "failed" else "Go on"
        st.button(label, icon=":material/play_arrow:", on_click=_resume, args=(job,), key=key)


def _resume(job: Job) -> None:
    try:
        resume_job(job, cached.workspace())
    except QScoreError as error:
        st.session_state[COMPLAINT] = str(error)
