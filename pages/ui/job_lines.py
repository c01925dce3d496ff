"""Several pieces of background work, a line each: how it stands, and the one button that fits."""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from pages.ui import classroom, work
from qscore_core.jobs import Job
from qscore_core.progress import Progress, format_seconds
from qscore_core.run_standing import RunStanding

WIDTHS = [2.2, 6, 1.7]
GO_ON = {"not started": "Start", "failed": "Try again", "cancelled": "Resume", "interrupted": "Resume"}
ENDS = {"cancelled": "", "interrupted": "Interrupted. ", "not started": "Not started."}  # a stopped one says so itself


@dataclass(frozen=True)
class Line:
    """`words` says how it ended, or what came out once it is done; `job` is None where there was none."""

    name: str
    state: str
    job: Job | None
    progress: Progress | None
    words: str


def of_run(standing: RunStanding, words: str) -> Line:
    """The line of an arm; `words` for the time when it is done."""
    shown = words if standing.state == "done" else standing.message
    return Line(standing.run.label, standing.state, standing.job, standing.progress, shown)


def of_job(name: str, job: Job | None, words: str = "") -> Line:
    """The line of any other job; `words` for the time when it is done."""
    if job is None:
        return Line(name, "not started", None, None, "")
    progress = Progress(job.phase, job.done, job.total, job.rate, job.eta_seconds)
    return Line(name, job.state, job, progress, words if job.state == "done" else job.error)


def draw(line: Line, key: str, go_on: Callable[[], None], finished: Callable[[], None] | None = None) -> None:
    """`go_on` starts or resumes it; `finished` draws what stands in the button's place once it is done."""
    name, middle, right = st.columns(WIDTHS, vertical_alignment="center", gap="small")
    name.markdown(f"**{line.name}**")
    with middle:
        _state(line)
    with right:
        _button(line, key, go_on, finished)
    if line.state == "failed" and line.job is not None:
        work.log(line.job)


def _state(line: Line) -> None:
    if line.state == "done":
        st.markdown(f":material/check_circle: {line.words}")
    elif line.state in ("starting", "queued"):
        where = line.job.place if line.job and line.job.place else "starting"
        st.markdown(f":material/hourglass_empty: Waiting: {where}" if line.state == "queued" else "Starting")
    elif line.state == "running":
        st.progress(_fraction(line.progress), text=_doing(line.progress))
    elif line.state == "failed":
        st.error(f"Failed. {line.words}")
    else:
        st.markdown(f":material/pause_circle: {ENDS[line.state]}{line.words}")


def _fraction(progress: Progress | None) -> float:
    return min(progress.done / progress.total, 1.0) if progress and progress.total else 0.0


def _doing(progress: Progress | None) -> str:
    if progress is None or not progress.total:
        return "Preparing"
    left = "" if progress.eta_seconds is None else f", {format_seconds(progress.eta_seconds)} left"
    return f"{progress.phase}: {progress.done:,} of {progress.total:,}{left}"


def _button(line: Line, key: str, go_on: Callable[[], None], finished: Callable[[], None] | None) -> None:
    if line.state == "done":
        if finished is not None:
            finished()
    elif line.job is not None and line.job.live:
        if line.job.stopping:
            st.caption("Stopping: it saves where it is.")
        elif not classroom.on():
            stop = {"icon": ":material/stop_circle:", "help": "What was done is kept.", "width": "stretch"}
            st.button("Stop", key=f"stop_{key}", on_click=work.stop, args=(line.job,), **stop)
    elif line.state == "running":
        st.caption("At work in a terminal.")
    else:
        icon = ":material/play_arrow:"
        st.button(GO_ON[line.state], key=f"go_on_{key}", icon=icon, on_click=go_on, width="stretch")
