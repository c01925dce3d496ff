"""How runs stand, from the files that jobs and runs at terminals leave."""

import time

import pytest
from finetune_set import inputs, reserved

from qscore_core.jobs.request import make_request
from qscore_core.jobs.starting import submit
from qscore_core.progress import Progress
from qscore_core.run_standing import VERB, run_arguments, run_title, standings
from qscore_core.status import StatusFile
from qscore_core.workspace import read_json, write_json


@pytest.fixture
def run(tmp_path, workspace):
    return reserved(*inputs(tmp_path), workspace)


def now(run, workspace):
    (standing,) = standings([run], workspace)
    return standing


def job_of(run, workspace, state, message=""):
    """A job whose worker wrote that state and is gone."""
    folder = submit(make_request(VERB, run_arguments(run), run_title(run)), workspace)
    StatusFile(folder.status).write(state, message)
    return folder


def test_a_run_that_was_only_written_down_has_not_started(run, workspace):
    standing = now(run, workspace)
    assert (standing.state, standing.job, standing.live, standing.at_terminal) == ("not started", None, False, False)


def test_a_job_that_waits_is_the_runs_standing(run, workspace):
    submit(make_request(VERB, run_arguments(run), run_title(run)), workspace)  # its worker is about to appear
    standing = now(run, workspace)
    assert (standing.state, standing.live, standing.at_terminal) == ("starting", True, False)
    assert standing.job.title == f"Fine-tuning {run.settings['parent']} on {run.settings['dataset']}: q-score"


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_how_its_job_ended_is_told_in_the_jobs_words(run, workspace, state):
    job_of(run, workspace, "failed", "an earlier one")
    folder = job_of(run, workspace, state, "Because of the weather.")
    standing = now(run, workspace)
    assert (standing.state, standing.message, standing.job.id) == (state, "Because of the weather.", folder.id)


def test_a_job_whose_worker_vanished_is_interrupted(run, workspace):
    job_of(run, workspace, "running")
    assert now(run, workspace).state == "interrupted"


def test_an_encoder_means_done_whatever_the_job_said(run, workspace):
    job_of(run, workspace, "failed")
    run.files.encoder.touch()
    assert now(run, workspace).state == "done"


def test_a_run_at_a_terminal_is_seen_by_its_heartbeat(run, workspace):
    status = StatusFile(run.files.status)
    status.write("running")
    status.progress(Progress("fine-tuning", 16, 64, 2.0, 24.0))
    status.write("running")
    standing = now(run, workspace)
    assert (standing.state, standing.at_terminal) == ("running", True)
    assert standing.progress == Progress("fine-tuning", 16, 64, 2.0, 24.0)
    write_json(run.files.status, {**read_json(run.files.status), "heartbeat": time.time() - 3600})
    assert now(run, workspace).state == "interrupted"


def test_a_terminal_takes_over_from_a_job_that_ended(run, workspace):
    StatusFile(run.files.status).write("running")
    job_of(run, workspace, "cancelled", "Stopped.")
    assert now(run, workspace).state == "cancelled"  # the run's own word is older than the job's
    StatusFile(run.files.status).write("running")
    assert now(run, workspace).at_terminal


def test_a_run_that_failed_at_a_terminal_says_why(run, workspace):
    StatusFile(run.files.status).write("failed", "The loss is not finite.")
    standing = now(run, workspace)
    assert (standing.state, standing.message) == ("failed", "The loss is not finite.")
