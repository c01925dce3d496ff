"""Long work outside the page: a job is a verb of the command line in a process of its own.

The process outlives whoever started it. One job at a time works on a device, the others wait in order of submission.
A job's folder says how it stands; one whose process is gone without a last word is shown as interrupted, and starting
the same verb again goes on from what it kept.
"""

from qscore_core.jobs.job import Ahead, Job, find_job, list_jobs, newest_job
from qscore_core.jobs.starting import ensure_job, resume_job, start_job
from qscore_core.jobs.stopping import cancel_job

__all__ = [
    "Ahead",
    "Job",
    "cancel_job",
    "ensure_job",
    "find_job",
    "list_jobs",
    "newest_job",
    "resume_job",
    "start_job",
]
