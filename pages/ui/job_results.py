"""Where the result of a job is shown: a page, with the address that opens it there."""

from pages.ui.menu import BY_NAME, PageEntry
from qscore_core.jobs import Job
from qscore_core.jobs.request import option

PAGE_OF = {
    "extract": "start",
    "score": "start",
    "probe": "start",
    "report": "start",
    "evaluate": "prediction",
    "compress": "features",
    "align": "interpretability",
    "project": "low_q",
    "find-slices": "low_q",
    "compare": "compare",
    "pretrain": "start",
    "finetune": "finetune",
    "encoder-report": "finetune",
    "fetch": "encoders",
    "try": "encoders",
    "lab": "lab",
}
MAPS = {"project": {"map": "umap"}}


def page_of(job: Job) -> PageEntry:
    """The page on which people find what a job of this kind makes."""
    return BY_NAME[PAGE_OF[job.kind]]


def address_of(job: Job) -> dict[str, str]:
    """What the address must name for that page to show it; a training leads to the encoder that it made."""
    made = (job.result or {}).get("encoder") if job.kind == "pretrain" else None
    named = {"encoder": made or job.encoder, "data": job.dataset, "split": option(job.arguments, "--split")}
    return {key: str(value) for key, value in named.items() if value} | MAPS.get(job.kind, {})
