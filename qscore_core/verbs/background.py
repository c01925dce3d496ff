"""`jobs`: work in processes of their own."""

from dataclasses import asdict
from typing import Any

from qscore_core.errors import SettingsError
from qscore_core.jobs import Job, cancel_job, find_job, list_jobs, resume_job
from qscore_core.verbs._common import Session


def jobs(action: str, job_id: str | None, session: Session) -> list[dict[str, Any]]:
    """Background work: list, show, cancel, resume."""
    if action == "list":
        return [_job_row(job) for job in list_jobs(session.workspace)]
    if job_id is None:
        raise SettingsError(f"`jobs {action}` should name a job; `jobs list` shows them.")
    job = find_job(job_id, session.workspace)
    if action == "cancel":
        cancel_job(job, session.workspace)
    elif action == "resume":
        job = resume_job(job, session.workspace)
    elif action != "show":
        raise SettingsError(f"`action` should be list, show, cancel or resume. Found `{action}`.")
    return [_job_row(find_job(job.id, session.workspace))]


def _job_row(job: Job) -> dict[str, Any]:
    return {**asdict(job), "log": str(job.log)}
