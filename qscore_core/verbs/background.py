"""`jobs`: work in processes of their own."""

import time
from dataclasses import asdict
from datetime import datetime
from typing import Any

from qscore_core.errors import SettingsError
from qscore_core.jobs import Job, cancel_job, find_job, list_jobs, resume_job
from qscore_core.progress import Progress
from qscore_core.verbs._common import Session

ACTIONS = ("list", "show", "log", "watch", "cancel", "resume")
LOG_LINES = 40
LOOK_EVERY_SECONDS = 0.5
IN_A_LIST = (
    *("id", "kind", "title", "encoder", "dataset", "device", "state", "phase", "done", "total", "rate", "eta_seconds"),
    *("error", "began", "ended"),
)


def jobs(action: str, job_id: str | None, session: Session) -> list[dict[str, Any]]:
    """Background work: list, show, log, watch, cancel, resume."""
    if action not in ACTIONS:
        raise SettingsError(f"`action` should be one of {', '.join(ACTIONS)}. Found `{action}`.")
    if action == "list":
        return [_short(job) for job in list_jobs(session.workspace)]
    if job_id is None:
        raise SettingsError(f"`jobs {action}` should name a job; `jobs list` shows them.")
    job = find_job(job_id, session.workspace)
    if action == "log":
        return [{"id": job.id, "log": "\n".join(job.log_lines(LOG_LINES))}]
    if action == "watch":
        _watch(job, session)
    elif action == "cancel":
        cancel_job(job, session.workspace)
    elif action == "resume":
        job = resume_job(job, session.workspace)
    return [_whole(find_job(job.id, session.workspace))]


def _short(job: Job) -> dict[str, Any]:
    row = _whole(job)
    return {name: row[name] for name in (*IN_A_LIST, "place")}


def _whole(job: Job) -> dict[str, Any]:
    times = {name: _clock(getattr(job, name)) for name in ("submitted", "began", "heartbeat", "ended")}
    about = {"encoder": job.encoder, "dataset": job.dataset}
    return {**asdict(job), **times, **about, "log": str(job.log), "place": job.place}


def _clock(seconds: float | None) -> str | None:
    """Unix seconds as the time of day here: `2026-08-01T14:05:09+02:00`."""
    return None if seconds is None else datetime.fromtimestamp(seconds).astimezone().isoformat(timespec="seconds")


def _watch(job: Job, session: Session) -> None:
    """Follows a job until it has ended; Ctrl-C ends the watching, not the job."""
    place = ""
    while job.live:
        if job.place != place:
            place = job.place
            session.say(place or "Its turn has come.")
        if job.total:
            session.tell(Progress(job.phase, job.done, job.total, job.rate, job.eta_seconds))
        time.sleep(LOOK_EVERY_SECONDS)
        job = find_job(job.id, session.workspace)
