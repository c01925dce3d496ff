"""Jobs as processes: they wait for their turn, end, are ended, and outlive whoever started them."""

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from job_process import ROOT, ended, in_state, until
from small_inputs import small_encoder_file, write_pictures

from qscore_core.errors import SettingsError
from qscore_core.jobs import cancel_job, ensure_job, find_job, list_jobs, resume_job, start_job
from qscore_core.jobs.request import make_request
from qscore_core.jobs.starting import submit
from qscore_core.representations import open_representations


def test_jobs_of_a_device_work_one_after_the_other_in_order_of_submission(workspace, light):
    first, second, third = light("sort shells"), light("sort stones"), light("sort leaves")
    elsewhere = light("sort clouds", device="cuda:1")
    until(workspace, first, in_state("running"))
    until(workspace, elsewhere, in_state("running"))
    waiting = [until(workspace, job, in_state("queued")) for job in (second, third)]
    assert [ahead.id for ahead in waiting[0].ahead] == [first.id]
    assert [ahead.title for ahead in waiting[1].ahead] == ["sort shells", "sort stones"]
    assert waiting[0].place == "next in line for cpu, behind “sort shells”"
    assert waiting[1].place == "number 2 in line for cpu, behind “sort shells” and 1 more"
    assert (waiting[0].live, waiting[0].began, find_job(first.id, workspace).place) == (True, None, "")
    for job in (third, second, elsewhere):
        job.finish()  # as soon as they come to it
    until(workspace, elsewhere, in_state("done"))
    assert find_job(third.id, workspace).state == "queued"
    first.finish()
    done = [until(workspace, job, in_state("done")) for job in (first, second, third)]
    assert done[0].heartbeat <= done[1].began <= done[1].heartbeat <= done[2].began
    assert all(job.process.wait(10) == 0 for job in (first, second, third))


def test_a_killed_job_makes_room_for_the_next_and_can_be_resumed(workspace, light):
    first, second = light(), light()
    until(workspace, first, in_state("running"))
    until(workspace, second, in_state("queued"))
    first.kill()
    until(workspace, second, in_state("running"))
    interrupted = find_job(first.id, workspace)
    assert (interrupted.state, interrupted.done, interrupted.total) == ("interrupted", 3, 12)
    with pytest.raises(SettingsError, match=f"^Job `{second.id}` is running: there is nothing to resume\\.$"):
        resume_job(find_job(second.id, workspace), workspace)
    again = resume_job(interrupted, workspace)
    assert (again.title, again.arguments, again.directory) == ("light", interrupted.arguments, str(Path.cwd()))
    assert [ahead.id for ahead in until(workspace, again, in_state("queued")).ahead] == [second.id]
    cancel_job(again, workspace)


def test_a_clock_that_was_set_back_does_not_let_two_work_at_once(workspace, light):
    late = light()
    until(workspace, late, in_state("running"))
    early = light(launch=False)
    about = json.loads((early.folder.path / "job.json").read_text())
    (early.folder.path / "job.json").write_text(json.dumps({**about, "submitted": 1.0}))
    early.launch()
    waiting = until(workspace, early, in_state("queued"))
    assert waiting.place == "next in line for cpu"
    early.finish()
    time.sleep(0.5)
    assert find_job(early.id, workspace).state == "queued"
    late.finish()
    assert until(workspace, early, in_state("done")).began >= find_job(late.id, workspace).heartbeat


def test_a_queued_job_is_cancelled_at_once_and_the_one_at_work_goes_on(workspace, light):
    first, second, third = light(), light(), light()
    until(workspace, first, in_state("running"))
    for job in (second, third):
        until(workspace, job, in_state("queued"))
    cancel_job(find_job(second.id, workspace), workspace, grace_seconds=60)
    cancelled = find_job(second.id, workspace)
    assert (cancelled.state, cancelled.error) == ("cancelled", "It was stopped before the work began.")
    assert second.process.wait(10) == 0
    assert find_job(first.id, workspace).state == "running"
    assert find_job(third.id, workspace).place == "next in line for cpu, behind “light”"
    cancel_job(find_job(first.id, workspace), workspace)
    assert find_job(first.id, workspace).error == "Stopped as asked."
    until(workspace, third, in_state("running"))


def test_a_job_cancelled_while_it_starts_never_works(workspace, light):
    job = light(launch=False)
    with ThreadPoolExecutor(1) as person:
        cancelling = person.submit(cancel_job, find_job(job.id, workspace), workspace, 60)
        until(workspace, job, lambda job: job.stopping)
        job.launch()
        cancelling.result()
    stopped = find_job(job.id, workspace)
    assert (stopped.state, stopped.stopping, stopped.done) == ("cancelled", False, 0)


def test_a_job_that_does_not_listen_is_ended_by_force_with_its_processes(workspace, light):
    job = light(work="stubborn")
    until(workspace, job, in_state("running"))
    while not (job.folder.path / "helper").is_file() or not (job.folder.path / "helper").read_text():
        time.sleep(0.02)
    cancel_job(find_job(job.id, workspace), workspace, grace_seconds=0.2)
    killed = find_job(job.id, workspace)
    assert killed.state == "cancelled"
    assert killed.error == "It did not stop when asked and was ended by force. What was saved before is kept."
    assert job.process.wait(10) == -signal.SIGKILL
    assert gone(int((job.folder.path / "helper").read_text()))


def gone(pid):
    """Whether a process that is nobody's child here has ended; its new parent may be slow to collect it."""
    for _ in range(500):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.01)
    return False


def test_people_who_ask_for_the_same_work_at_once_share_one_job(workspace, light):
    until(workspace, light(), in_state("running"))
    work = ["--dataset", "folder:/nowhere", "--device", "cpu"]
    with ThreadPoolExecutor(4) as people:
        found = list(people.map(lambda _: ensure_job("extract", work, workspace, title="Ours"), range(4)))
    assert len({job.id for job in found}) == 1
    assert len(list_jobs(workspace)) == 2
    job = until(workspace, found[0], in_state("queued"))
    assert (job.title, job.place) == ("Ours", "next in line for cpu, behind “light”")
    cancel_job(job, workspace)
    again = ensure_job("extract", work, workspace)
    assert again.id != job.id
    cancel_job(again, workspace)


def test_waiting_imports_nothing_heavy():
    heavy = "{'torch', 'numpy', 'pandas', 'typer', 'streamlit'}"
    code = f"import runpy, sys, qscore_core.jobs.worker; print({heavy} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.fixture
def slow_work(tmp_path, monkeypatch):
    """Some seconds of extraction, named by relative paths."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.chdir(tmp_path)
    write_pictures(tmp_path / "pictures", 1500, splits=("train",), size=24)
    encoder = small_encoder_file(tmp_path).name
    return ["--encoder", f"file:{encoder}", "--dataset", "folder:pictures", "--batch-size", "1", "--device", "cpu"]


def test_a_job_is_watched_cancelled_killed_and_resumed_to_its_end(workspace, slow_work, tmp_path, monkeypatch):
    job = start_job("extract", slow_work, workspace)
    assert job.live
    moving = until(workspace, job, lambda job: 0 < job.done < 1500)
    assert (moving.state, moving.phase, moving.total) == ("running", "extract", 1500)
    cancel_job(moving, workspace)
    cancelled = find_job(job.id, workspace)
    assert cancelled.state == "cancelled"
    assert "run the same command again to go on" in cancelled.error

    monkeypatch.chdir("/")  # relative paths keep their meaning
    again = resume_job(cancelled, workspace)
    running = until(workspace, again, lambda job: job.done > 0)
    assert running.done > moving.done  # it went on where the first one stopped
    os.kill(json.loads((again.log.parent / "status.json").read_text())["pid"], signal.SIGKILL)
    assert until(workspace, again, ended).state == "interrupted"

    finished = until(workspace, resume_job(again, workspace), ended)
    assert (finished.state, finished.error) == ("done", "")
    assert finished.result["images"] == 1500
    assert open_representations(tmp_path / finished.result["artefact"]).images == 1500
    assert len(list_jobs(workspace)) == 3


START_AND_WAIT = """
import sys, time
from qscore_core.jobs import start_job
from qscore_core.workspace import Workspace
work = ["--encoder", "habitats:none", "--dataset", "folder:/nowhere", "--device", "cpu"]
start_job("extract", work, Workspace.at(sys.argv[1]))
time.sleep(120)
"""


def test_a_queued_job_outlives_its_starter_and_says_in_a_sentence_why_it_failed(workspace, light):
    first = light()
    until(workspace, first, in_state("running"))
    command = [sys.executable, "-c", START_AND_WAIT, str(workspace.root)]
    starter = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
    while len(list_jobs(workspace)) < 2:
        time.sleep(0.02)
    job = until(workspace, list_jobs(workspace)[0], in_state("queued"))
    os.killpg(starter.pid, signal.SIGKILL)
    starter.wait()
    first.finish()
    failed = until(workspace, job, ended)
    assert failed.state == "failed"
    assert "`folder:PATH` should name a folder of images" in failed.error
    assert failed.result == {"error": failed.error}


def test_a_further_process_of_a_training_leaves_the_job_s_files_alone(workspace):
    folder = submit(make_request("pretrain", ["--no-such-option", "--device", "cpu"]), workspace)
    command = [sys.executable, "-m", "qscore_core.jobs", str(folder.path)]
    helper = subprocess.run(command, cwd=ROOT, env={**os.environ, "LOCAL_RANK": "1"}, capture_output=True, text=True)
    assert (helper.returncode, helper.stdout) == (2, "")
    assert "No such option" in helper.stderr
    assert [path.name for path in folder.path.iterdir()] == ["job.json"]


def test_wrong_use_shows_what_the_command_line_said(workspace):
    job = start_job("extract", ["--no-such-option", "--device", "cpu"], workspace)
    failed = until(workspace, job, ended)
    assert failed.state == "failed"
    assert "No such option" in failed.error
