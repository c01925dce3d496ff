"""What the arms would take, measured by a few real steps of each."""

import pandas as pd
import streamlit as st

from pages.ui import cached, job_lines, work
from pages.ui.finetune_plan import Beginning
from qscore_core.jobs import Job, newest_job
from qscore_core.progress import format_seconds
from qscore_core.run_standing import VERB
from qscore_core.training import RECIPES, Finetuning
from qscore_core.training.command import finetune_arguments
from qscore_core.training.estimate import STEPS, arm_seconds
from qscore_core.workspace import format_bytes

ASKED = "finetune_estimate_asked"


def begin(tasks: list[Finetuning]) -> None:
    """Sets a job to measure each arm that was not measured yet."""
    st.session_state[ASKED] = True
    for task in tasks:
        job = _job(task)
        if job is None or job.state != "done":
            _measure(task)


def show(tasks: list[Finetuning], begin_at: Beginning) -> None:
    """Nothing until somebody asked for it; then the jobs, then their numbers."""
    if not tasks or not st.session_state.get(ASKED):
        return
    jobs = [_job(task) for task in tasks]
    if all(job is not None and job.state == "done" and job.result for job in jobs):
        _numbers(tasks, [job.result for job in jobs if job and job.result], begin_at)
    elif any(job is not None for job in jobs):
        live = any(job is not None and job.live for job in jobs)
        st.fragment(_watch, run_every=work.LOOK_EVERY_SECONDS if live else None)(tasks, live)


def _watch(tasks: list[Finetuning], was_live: bool) -> None:
    jobs = [_job(task) for task in tasks]
    if any(job is not None and job.live for job in jobs) != was_live:
        st.rerun()
    for task, job in zip(tasks, jobs, strict=True):
        line = job_lines.of_job(f"Estimate, {task.plan.arm}", job, "measured")
        job_lines.draw(line, f"estimate_{task.plan.arm}", lambda task=task: _measure(task))


def _job(task: Finetuning) -> Job | None:
    return newest_job(VERB, _arguments(task), cached.workspace())


def _arguments(task: Finetuning) -> list[str]:
    return [*finetune_arguments(task.identity()), "--estimate"]


def _measure(task: Finetuning) -> None:
    work.start(VERB, _arguments(task), f"Estimate for {task.plan.parent}: {task.plan.arm}")


def _numbers(tasks: list[Finetuning], results: list[dict], begin_at: Beginning) -> None:
    rows = [
        {
            "arm": task.plan.arm,
            "steps": f"{result['steps']:,}",
            "a step": f"{result['seconds_per_step']:.2f} s",
            "time": format_seconds(result["seconds"]),
            "memory": format_bytes(result["memory"]),
        }
        for task, result in zip(tasks, results, strict=True)
    ]
    together = {
        "arm": "together",
        "steps": f"{sum(result['steps'] for result in results):,}",
        "a step": "",
        "time": format_seconds(sum(result["seconds"] for result in results)),
        "memory": format_bytes(max(result["memory"] for result in results)),
    }
    st.dataframe(pd.DataFrame([*rows, together]), hide_index=True, width="content")
    st.caption(
        f"Measured from {STEPS} real steps of each arm on {results[0]['device']}; arms run one after another, so the "
        "memory is that of the largest. Reading the pictures, finding D and the report afterwards come on top."
        + _paper_words(tasks[0], results[0], begin_at)
    )


def _paper_words(task: Finetuning, result: dict, begin_at: Beginning) -> str:
    """What the paper's recipe would take at the measured speed, for those who measured something smaller."""
    per_image = result["seconds_per_step"] / task.settings.batch_size
    seconds = arm_seconds(RECIPES["paper"], len(begin_at.data), per_image)
    return f" At this speed `paper` takes {format_seconds(seconds)} an arm." if seconds > result["seconds"] else ""
