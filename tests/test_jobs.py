import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from small_inputs import small_encoder_file, write_pictures

from qscore_core import jobs
from qscore_core.errors import QScoreError
from qscore_core.jobs import StatusFile, cancel_job, ensure_job, find_job, list_jobs, read_job, resume_job, start_job
from qscore_core.progress import Progress
from qscore_core.representations import open_representations


def job_folder(workspace, name="20260101-000000-extract-abcd", started=0.0, **status):
    folder = workspace.root / "jobs" / name
    folder.mkdir(parents=True)
    about = {"kind": "extract", "arguments": ["--dataset", "habitats"], "started": started, "directory": "/"}
    (folder / "job.json").write_text(json.dumps(about))
    if status:
        (folder / "status.json").write_text(json.dumps(status))
    return folder


@pytest.fixture
def dead_pid():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_worker_says_how_it_stands(workspace):
    folder = job_folder(workspace)
    status = StatusFile(folder / "status.json")
    assert (find_job(folder.name, workspace).state, find_job(folder.name, workspace).live) == ("running", True)
    status._last = 0.0
    status.progress(Progress("extract", 30, 120, 15.0, 6.0))
    job = find_job(folder.name, workspace)
    assert (job.phase, job.done, job.total, job.rate, job.eta_seconds) == ("extract", 30, 120, 15.0, 6.0)
    assert job.fraction == 0.25
    status.progress(Progress("extract", 60, 120, 15.0, 4.0))  # too soon for the disk, but not lost
    status.close("failed", "The disk is full.")
    job = find_job(folder.name, workspace)
    assert (job.state, job.live, job.done, job.error) == ("failed", False, 60, "The disk is full.")


def test_a_job_whose_process_is_gone_is_interrupted_and_shows_its_last_words(workspace, dead_pid):
    folder = job_folder(workspace, pid=dead_pid, state="running", done=5, total=10)
    assert read_job(folder).error == "The process ended without a word."
    (folder / "log.txt").write_text("extract: 5 of 10\nKilled\n\n")
    job = read_job(folder)
    assert (job.state, job.error, job.done, job.result) == ("interrupted", "Killed", 5, None)
    cancel_job(job, workspace)  # nothing to stop, nothing wrong


def test_a_process_that_ended_but_was_not_collected_yet_counts_as_gone(workspace):
    child = os.fork()
    if child == 0:
        os._exit(0)
    time.sleep(0.2)
    assert read_job(job_folder(workspace, pid=child, state="running")).state == "interrupted"
    os.waitpid(child, 0)


def test_a_job_that_never_came_to_life_is_interrupted_after_a_minute(workspace):
    assert read_job(job_folder(workspace, "young", started=time.time())).state == "starting"
    assert read_job(job_folder(workspace, "old", started=time.time() - 61)).state == "interrupted"


@pytest.mark.parametrize("content", ["", "{", "not json", "\x00\x01"])
def test_half_written_files_are_not_fatal(workspace, content):
    whole = job_folder(workspace, "whole", state="done", pid=1)
    broken = job_folder(workspace, "broken")
    (broken / "job.json").write_text(content)
    (workspace.root / "jobs" / "empty").mkdir()
    (workspace.root / "jobs" / "stray.txt").write_text("x")
    assert [job.id for job in list_jobs(workspace)] == ["whole"]
    for name in ("status.json", "result.json", "pid.json"):
        (whole / name).write_text(content)
    assert read_job(whole).result is None


def test_jobs_are_listed_newest_first(workspace):
    assert list_jobs(workspace) == []
    for name in ("20260102-1", "20260101-1", "20260103-1"):
        job_folder(workspace, name, state="done", pid=1)
    assert [job.id for job in list_jobs(workspace)] == ["20260103-1", "20260102-1", "20260101-1"]


@pytest.mark.parametrize("name", ["none", "../jobs", ""])
def test_an_unknown_job_is_named(workspace, name):
    with pytest.raises(QScoreError, match=f"This workspace has no job `{name}`"):
        find_job(name, workspace)


def until(workspace, job, condition, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        now = find_job(job.id, workspace)
        if condition(now) and (now.live or not jobs._alive(job.id, 0)):
            return now
        time.sleep(0.02)
    raise AssertionError(f"{now} after {seconds} s\n{now.log.read_text()}")


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
    cancelled = until(workspace, job, lambda job: not job.live)
    assert cancelled.state == "cancelled"
    assert "run the same command again to go on" in cancelled.error

    monkeypatch.chdir("/")  # relative paths keep their meaning
    again = resume_job(cancelled, workspace)
    running = until(workspace, again, lambda job: job.done > 0)
    assert running.done > moving.done  # it went on where the first one stopped
    os.kill(json.loads((again.log.parent / "status.json").read_text())["pid"], signal.SIGKILL)
    assert until(workspace, again, lambda job: not job.live).state == "interrupted"

    finished = until(workspace, resume_job(again, workspace), lambda job: not job.live)
    assert (finished.state, finished.error) == ("done", "")
    assert finished.result["images"] == 1500
    assert open_representations(tmp_path / finished.result["artefact"]).images == 1500
    assert len(list_jobs(workspace)) == 3


def test_a_job_that_fails_says_why_in_a_sentence(workspace):
    job = start_job("extract", ["--encoder", "habitats:none", "--dataset", "folder:/nowhere"], workspace)
    failed = until(workspace, job, lambda job: not job.live)
    assert failed.state == "failed"
    assert "`folder:PATH` should name a folder of images" in failed.error
    assert failed.result == {"error": failed.error}


def test_wrong_use_shows_what_the_command_line_said(workspace):
    job = start_job("extract", ["--no-such-option"], workspace)
    failed = until(workspace, job, lambda job: not job.live)
    assert failed.state == "interrupted"
    assert "No such option" in failed.log.read_text()


def test_people_who_ask_for_the_same_work_at_once_share_one_job(workspace):
    with ThreadPoolExecutor(4) as people:
        found = list(people.map(lambda _: ensure_job("encoders", [], workspace), range(4)))
    assert len({job.id for job in found}) == len(list_jobs(workspace)) == 1
    while find_job(found[0].id, workspace).live:
        time.sleep(0.05)
    assert ensure_job("encoders", [], workspace).id != found[0].id
