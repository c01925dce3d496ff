"""Background work on a page: start it, watch it, stop it, go on with it."""

import threading
from typing import Any

import streamlit as st

from pages.ui import body, cached, classroom
from pages.ui.choice import Choice
from pages.ui.words import counted, literal
from qscore_core.datasets import is_at_hand
from qscore_core.errors import QScoreError
from qscore_core.jobs import Job, cancel_job, ensure_job, find_job, newest_job
from qscore_core.progress import format_seconds
from qscore_core.qscore import ScoreSettings

LOOK_EVERY_SECONDS = 1.0
LOG_LINES = 60


def extraction_panel(choice: Choice) -> None:
    """Representations, scores and, with labels, the linear probe of a choice, as one job."""
    kind, arguments = _everything(choice)
    st.subheader(f"Not computed yet: {choice.subject}")
    st.write(
        "Each picture passes once through the encoder; its representation stays in the workspace and is never "
        "computed again. You may leave this page or close the browser meanwhile."
    )
    panel(kind, arguments, begin=choice.built_in, label="Compute representations")


def probe_panel(choice: Choice) -> None:
    """The linear probe of a choice whose representations are there."""
    panel("probe", _probe_arguments(choice), begin=False, label="Fit the linear probe")


def compression_panel(choice: Choice, epsilon: float, fit: str | None) -> dict[str, Any] | None:
    """Accuracy against the share of features kept, as a job; its result once it is done.

    `fit` is DATASET/SPLIT where D shall come from another data set.
    """
    arguments = [*_subject(choice), "--train", choice.fit, "--split", choice.split, "--epsilon", f"{epsilon:g}"]
    arguments += ["--fit", fit] if fit else []
    job = newest_job("compress", arguments, cached.workspace())
    if job is not None and job.state == "done":
        return job.result
    panel("compress", arguments, begin=False, label="Compute the curve")
    return None


def judging_panel(choice: Choice, settings: ScoreSettings, views: int = 0) -> None:
    """Every signal against the probe's mistakes at these settings, as a job; with `views` one more."""
    more, label = (["--views", str(views)], "Look at several views") if views else ([], "Compare the signals")
    panel("evaluate", [*scored_arguments(choice, settings), *more], begin=False, label=label)


def projection_panel(choice: Choice, method: str) -> None:
    """A map of the scored split."""
    arguments = [*_subject(choice), "--split", choice.split, "--method", method]
    panel("project", arguments, begin=False, label="Compute the map", title=f"Map of {choice.subject}")


def alignment_panel(choice: Choice, settings: ScoreSettings) -> None:
    """Heat of a choice against its masks, with the settings of its scores."""
    panel("align", scored_arguments(choice, settings), begin=False, label="Measure the overlap")


def slices_panel(choice: Choice, settings: ScoreSettings) -> list[dict[str, Any]] | None:
    """Groups of images with low Q, looked for as a job; None until it is done."""
    arguments = [*_splits(choice), *_how(settings)]
    job = newest_job("find-slices", arguments, cached.workspace())
    if job is not None and job.state == "done":
        return list(job.result or [])
    panel("find-slices", arguments, begin=False, label="Look for groups", title=f"Groups of {choice.subject}")
    return None


def scored_arguments(choice: Choice, settings: ScoreSettings, epsilon: str | None = None) -> list[str]:
    """Of a verb that scores the choice with these settings and asks its probe; `epsilon` instead of theirs."""
    return [*_splits(choice), "--train", choice.fit, *_how(settings, epsilon)]


def _splits(choice: Choice) -> list[str]:
    return [*_subject(choice), "--split", choice.split, "--fit", choice.fit]


def _how(settings: ScoreSettings, epsilon: str | None = None) -> list[str]:
    chosen = settings.features
    flags = {
        "--firing-only": chosen.firing_only,
        "--two-sided": chosen.two_sided,
        "--no-normalize": not settings.normalize,
    }
    number = epsilon or f"{chosen.epsilon:g}"
    arguments = ["--epsilon", number, "--percentiles", f"{chosen.lower:g}", f"{chosen.upper:g}"]
    return [*arguments, *(flag for flag, wanted in flags.items() if wanted)]


def _subject(choice: Choice) -> list[str]:
    imported = choice.dataset.startswith("features:")
    return ["--dataset", choice.dataset] if imported else ["--dataset", choice.dataset, "--encoder", choice.encoder]


def _everything(choice: Choice) -> tuple[str, list[str]]:
    """The least that every page needs: what takes longer is offered where it is shown."""
    if choice.built_in or _labelled(choice):
        return "probe", _probe_arguments(choice)
    return "score", [*_subject(choice), "--split", choice.split, "--fit", choice.fit, "--epsilon", "auto"]


def _probe_arguments(choice: Choice) -> list[str]:
    return [*_subject(choice), "--train", choice.fit, "--split", choice.split]


def _labelled(choice: Choice) -> bool:
    if not is_at_hand(choice.dataset, choice.split, cached.workspace()):
        return True
    return all(cached.dataset(choice.dataset, split).labelled for split in (choice.split, choice.fit))


def panel(kind: str, arguments: list[str], *, begin: bool, label: str, title: str = "") -> None:
    """The newest job of this work with its controls; `begin` starts it unasked when there never was one.

    `title` is what people read of it elsewhere, as in the line of jobs that wait for the same device.
    """
    job = newest_job(kind, arguments, cached.workspace())
    if job is None and begin:
        job = ensure_job(kind, arguments, cached.workspace(), title=title)
    if job is None:
        _start_button(label, kind, arguments, title)
    elif job.live:
        _watch(job.id)
    elif job.state == "done":
        # The result is there but not what the page needs: files changed since.
        _start_button(f"{label} again", kind, arguments, title)
    else:
        _ended(job)
        _start_button("Try again" if job.state == "failed" else "Go on", kind, arguments, job.title)
        log(job)


def _start_button(label: str, kind: str, arguments: list[str], title: str) -> None:
    st.button(label, type="primary", on_click=start, args=(kind, arguments, title))


def start(kind: str, arguments: list[str], title: str) -> None:
    """What a button does: the work is under way afterwards, or an error says why not."""
    try:
        ensure_job(kind, arguments, cached.workspace(), title=title)
    except QScoreError as error:
        body.complain(error)


@st.fragment(run_every=LOOK_EVERY_SECONDS)
def _watch(job_id: str) -> None:
    job = find_job(job_id, cached.workspace())
    if not job.live:
        st.rerun()
    if job.state == "queued":
        st.info(_waiting(job), icon=":material/hourglass_empty:")
    else:
        st.progress(min(job.fraction, 1.0), text=standing(job))
    if job.stopping:
        st.caption("Stopping: it saves where it is.")
    elif not classroom.on() and st.button("Stop", icon=":material/stop_circle:", help="What was computed is kept."):
        stop(job)


def stop(job: Job) -> None:
    """In a thread of its own: it waits for the worker to end, and ends it by force if it does not."""
    threading.Thread(target=cancel_job, args=(job, cached.workspace())).start()


def _waiting(job: Job) -> str:
    """Why a queued job does nothing yet, and what to do about it."""
    if not job.ahead:
        return f"Waiting: {job.place}. It starts by itself when its turn comes."
    first = find_job(job.ahead[0].id, cached.workspace())
    more = f", then {counted(len(job.ahead) - 1, 'more job')}" if len(job.ahead) > 1 else ""
    stop_it = "" if classroom.on() else "; what shall wait is stopped on the page Jobs"
    return (
        f"Waiting: {job.device} does one job at a time. At work now: “{literal(first.title)}” ({standing(first)})"
        f"{more}. This one starts by itself after that{stop_it}."
    )


def standing(job: Job) -> str:
    """What a job does just now, in words."""
    if not job.total:
        return "Starting"
    left = "" if job.eta_seconds is None else f", {format_seconds(job.eta_seconds)} left of this part"
    return f"{job.phase}: {job.done:,} of {job.total:,} ({job.rate:,.0f} a second{left})"


def _ended(job: Job) -> None:
    """How a job ended that is not done."""
    show, words = {
        "failed": (st.error, "It failed"),
        "cancelled": (st.info, "It was stopped"),
        "interrupted": (st.warning, "It was interrupted"),
    }[job.state]
    show(f"{words}. {job.error}")


def log(job: Job) -> None:
    """The end of a job's log, folded up; not in a classroom, since it names files."""
    if classroom.on():
        return
    with st.expander(f"Log of {literal(job.id)}"):
        st.code("\n".join(job.log_lines(LOG_LINES)) or "(empty)", language=None)
