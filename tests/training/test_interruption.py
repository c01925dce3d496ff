"""Killed or stopped at any moment and started again, a run ends with the bytes of an undisturbed one."""

import csv
import multiprocessing
import os
import re
import signal
import time

import pytest
from pretrain_worker import finetune_method, train, train_method, train_streamed

from qscore_core.workspace import read_json

EPOCHS = 24
PROCESSES = multiprocessing.get_context("forkserver")  # real processes that share one import of the libraries
PROCESSES.set_forkserver_preload(["torch", "torchvision", "lightning_fabric", "lightly.loss", "pandas"])


def started(root, work=train, arguments=(EPOCHS,)):
    process = PROCESSES.Process(target=work, args=(root, *arguments))
    process.start()
    return process


def ended(process):
    """The exit code, minus the signal's number for a killed process."""
    process.join()
    code = process.exitcode
    process.close()
    return code


def only_run(root):
    (folder,) = (root / "runs").iterdir()
    return folder


def wait_for_rows(root, count, process, run="*"):
    """Until the metrics have that many rows, or the process ends."""
    while process.is_alive():
        found = list(root.glob(f"runs/{run}/metrics.csv"))
        if found and len(found[0].read_text().splitlines()) > count:
            return
        time.sleep(0.005)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """Bytes of the files that an undisturbed process writes."""
    root = tmp_path_factory.mktemp("uninterrupted")
    assert ended(started(root)) == 0
    return {name: (only_run(root) / name).read_bytes() for name in ("encoder.safetensors", "heads.safetensors")}


def test_killed_at_several_moments_a_run_ends_with_the_same_bytes(tmp_path, uninterrupted):
    for rows, pause in ((0, 0.0), (0, 0.05), (5, 0.013), (16, 0.031)):
        process = started(tmp_path)
        wait_for_rows(tmp_path, rows, process)
        time.sleep(pause)
        process.kill()
        assert ended(process) == -signal.SIGKILL
    assert ended(started(tmp_path)) == 0
    folder = only_run(tmp_path)
    for name, expected in uninterrupted.items():
        assert (folder / name).read_bytes() == expected
    with (folder / "metrics.csv").open() as file:
        assert [int(row["step"]) for row in csv.DictReader(file)] == list(range(2, 4 * EPOCHS + 1, 2))  # 48 rows
    assert read_json(folder / "status.json")["state"] == "done"


FEW = 6

KINDS = {
    "momentum with queue": (train_method, "moco"),
    "clustering with queues": (train_method, "swav"),
    "distillation": (train_method, "dino"),
    "redundancy": (train_method, "barlow"),
    "fine-tuning": (finetune_method, "byol"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_state_survives_a_kill(kind, tmp_path):
    work, method = KINDS[kind]
    assert ended(started(tmp_path / "undisturbed", work, (FEW, method))) == 0
    for rows, pause in ((0, 0.05), (2, 0.02)):
        process = started(tmp_path / "killed", work, (FEW, method))
        wait_for_rows(tmp_path / "killed", rows, process, "run")
        time.sleep(pause)
        process.kill()
        ended(process)
    assert ended(started(tmp_path / "killed", work, (FEW, method))) == 0
    for name in ("encoder.safetensors", "heads.safetensors"):
        one, two = (tmp_path / place / "runs" / "run" / name for place in ("undisturbed", "killed"))
        assert one.read_bytes() == two.read_bytes(), name


def test_sigterm_leaves_a_resumable_run_and_says_so(tmp_path, uninterrupted):
    process = started(tmp_path)
    wait_for_rows(tmp_path, 5, process)
    process.terminate()
    assert ended(process) == 1
    status = read_json(only_run(tmp_path) / "status.json")
    assert status["state"] == "cancelled"
    assert re.fullmatch(
        rf"Run `{only_run(tmp_path).name}` was stopped after step \d+ of 96\. The same command goes on from there\.",
        status["message"],
    )
    assert ended(started(tmp_path)) == 0
    assert (only_run(tmp_path) / "encoder.safetensors").read_bytes() == uninterrupted["encoder.safetensors"]


def test_ctrl_c_reaches_decoding_processes_too_and_still_ends_in_order(tmp_path, uninterrupted):
    process = started(tmp_path, train_streamed)
    wait_for_rows(tmp_path, 5, process)
    os.killpg(process.pid, signal.SIGINT)
    assert ended(process) == 1
    assert read_json(only_run(tmp_path) / "status.json")["state"] == "cancelled"
    assert ended(started(tmp_path)) == 0  # from memory this time: the same pictures in the same order
    assert (only_run(tmp_path) / "encoder.safetensors").read_bytes() == uninterrupted["encoder.safetensors"]
