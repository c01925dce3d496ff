"""Jobs as others see them: read from files, asked for, listed and followed."""

import json
import os
import signal
import time
from dataclasses import replace
from datetime import datetime

import pytest
import torch
from job_process import in_state, until
from typer.testing import CliRunner

from qscore_core.cli import app
from qscore_core.errors import QScoreError, SettingsError
from qscore_core.jobs import cancel_job, find_job, list_jobs, newest_job, start_job
from qscore_core.jobs.request import KINDS, make_request, option
from qscore_core.progress import Progress
from qscore_core.verbs._common import Session
from qscore_core.verbs.background import jobs

# --- Jobs read from files alone ---


def job_folder(workspace, name="20260101-000000-extract-abcd", submitted=0.0, **status):
    folder = workspace.root / "jobs" / name
    folder.mkdir(parents=True)
    about = {"kind": "extract", "arguments": ["--dataset", "habitats"], "title": "Pictures", "device": "cpu"}
    (folder / "job.json").write_text(json.dumps({**about, "directory": "/", "submitted": submitted}))
    if status:
        (folder / "status.json").write_text(json.dumps(status))
    return folder


def test_a_number_that_now_means_another_process_does_not_bring_a_job_back(workspace):
    folder = job_folder(workspace, pid=os.getpid(), state="running", done=5, total=10)
    job = find_job(folder.name, workspace)
    assert (job.state, job.live, job.done, job.result) == ("interrupted", False, 5, None)
    assert job.error == "The process ended without a word."
    (folder / "log.txt").write_text("extract: 5 of 10\nKilled\n\n")
    assert find_job(folder.name, workspace).error == "Killed"
    cancel_job(job, workspace)  # would end this test's process if it took the number at its word
    assert find_job(folder.name, workspace).state == "interrupted"


def test_a_job_that_never_came_to_life_is_interrupted_after_a_minute(workspace):
    assert find_job(job_folder(workspace, "young", submitted=time.time()).name, workspace).state == "starting"
    assert find_job(job_folder(workspace, "old", submitted=time.time() - 61).name, workspace).state == "interrupted"


@pytest.mark.parametrize("content", ["", "{", "not json", "\x00\x01", "{}"])
def test_half_written_files_are_not_fatal(workspace, content):
    whole = job_folder(workspace, "whole", state="done", pid=1)
    broken = job_folder(workspace, "broken")
    (broken / "job.json").write_text(content)
    (workspace.root / "jobs" / "empty").mkdir()
    (workspace.root / "jobs" / "stray.txt").write_text("x")
    assert [job.id for job in list_jobs(workspace)] == ["whole"]
    for name in ("status.json", "result.json"):
        (whole / name).write_text(content)
    assert find_job("whole", workspace).result is None


def test_jobs_are_listed_newest_first(workspace):
    assert list_jobs(workspace) == []
    for name, submitted in (("b", 20.0), ("c", 10.0), ("a", 30.0)):
        job_folder(workspace, name, submitted, state="done", pid=1)
    assert [job.id for job in list_jobs(workspace)] == ["a", "b", "c"]
    assert newest_job("extract", ["--dataset", "habitats"], workspace).id == "a"
    assert newest_job("extract", ["--dataset", "other"], workspace) is None


@pytest.mark.parametrize("name", ["none", "../jobs", ""])
def test_an_unknown_job_is_named(workspace, name):
    with pytest.raises(QScoreError, match=f"This workspace has no job `{name}`"):
        find_job(name, workspace)


# --- What is asked for ---


@pytest.mark.parametrize(
    ("kind", "arguments", "title"),
    [
        ("evaluate", ["--encoder", "run:a", "--dataset=habitats"], "Q-Scores and their evaluation: run:a on habitats"),
        ("pretrain", ["--method", "simclr", "--dataset", "folder:x"], "Pretraining: simclr on folder:x"),
        ("score", ["--dataset", "features:mine"], "Q-Scores: features:mine"),
        ("probe", [], "Linear probe"),
    ],
)
def test_a_job_gets_a_title_for_people(kind, arguments, title):
    assert make_request(kind, [*arguments, "--device", "cpu"]).title == title
    assert make_request(kind, [*arguments, "--device", "cpu"], "My own words").title == "My own words"


def test_the_last_value_of_an_option_counts():
    assert option(["--device", "cpu", "--device=cuda:1", "x"], "--device") == "cuda:1"
    assert option(["--devices", "2", "--device"], "--device") is None


def test_the_device_is_what_the_name_means_here():
    here = "cuda:0" if torch.cuda.is_available() else "cpu"
    assert make_request("score", []).device == make_request("score", ["--device", "auto"]).device == here
    assert make_request("score", ["--device", "cpu"]).device == "cpu"


def test_a_training_on_several_gpus_takes_them_all():
    on_one = replace(make_request("pretrain", ["--device", "cpu", "--devices", "2"]), device="cuda:1", arguments=())
    assert on_one.occupies == ("cuda:1",)
    assert replace(on_one, arguments=("--devices", "3")).occupies == ("cuda:0", "cuda:1", "cuda:2")
    assert replace(on_one, arguments=("--devices", "3"), device="cpu").occupies == ("cpu",)
    assert replace(on_one, arguments=("--devices", "many")).occupies == ("cuda:1",)


def test_what_cannot_be_a_job_is_refused(workspace):
    kinds = ", ".join(KINDS)
    with pytest.raises(SettingsError, match=f"^A job's `kind` should be one of {kinds}. Found `serve`\\.$"):
        start_job("serve", [], workspace)
    with pytest.raises(SettingsError, match=r"^`device` should be `auto`, `cpu`, `cuda` or `cuda:N`. Found `tpu9`\.$"):
        start_job("score", ["--device", "tpu9"], workspace)
    with pytest.raises(SettingsError, match=r"^The job counts its paths from `/gone`, which is gone\."):
        start_job("score", ["--device", "cpu"], workspace, directory="/gone")
    assert list_jobs(workspace) == []


# --- The command line ---


def asked(workspace, *words, status=0):
    before = signal.getsignal(signal.SIGTERM)
    try:
        result = CliRunner().invoke(app, ["jobs", *words, "--workspace", str(workspace.root), "--json"])
    finally:
        signal.signal(signal.SIGTERM, before)
    assert result.exit_code == status, result.output
    return json.loads(result.stdout), result.stderr


def test_jobs_on_the_command_line(workspace, light):
    first, second = light("sort shells"), light("sort stones")
    until(workspace, first, in_state("running"))
    until(workspace, second, in_state("queued"))
    first.folder.log.write_text("".join(f"line {number}\n" for number in range(100)))
    (newest, oldest), _ = asked(workspace)
    assert (newest["id"], newest["kind"], newest["state"], newest["device"]) == (second.id, "extract", "queued", "cpu")
    assert newest["place"] == "next in line for cpu, behind “sort shells”"
    assert (oldest["done"], oldest["total"], oldest["eta_seconds"], oldest["place"]) == (3, 12, 9.0, "")
    ((log,), _), ((shown,), _) = asked(workspace, "log", first.id), asked(workspace, "show", second.id)
    assert log == {"id": first.id, "log": "\n".join(f"line {number}" for number in range(60, 100))}
    assert shown["ahead"] == [{"id": first.id, "title": "sort shells"}]
    assert abs(datetime.fromisoformat(shown["submitted"]).timestamp() - find_job(second.id, workspace).submitted) <= 1
    assert shown["began"] is None
    ((cancelled,), _) = asked(workspace, "cancel", first.id)
    assert (cancelled["state"], cancelled["error"]) == ("cancelled", "Stopped as asked.")
    error, _ = asked(workspace, "stop", first.id, status=2)
    assert error == {"error": "`action` should be one of list, show, log, watch, cancel, resume. Found `stop`."}


def test_watching_follows_a_job_to_its_end(workspace, light):
    job, told = light(), []
    until(workspace, job, in_state("running"))

    def tell(progress):
        told.append(progress)
        job.finish()

    (row,) = jobs("watch", job.id, Session(workspace.root, "cpu", 0, tell))
    assert row["state"] == "done"
    assert told[0] == Progress("sorting", 3, 12, 1.0, 9.0)
