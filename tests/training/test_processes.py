"""Two real processes do what one does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from distributed_worker import main
from training_set import TINY_OBJECTIVES, pretrain, stripes, tiny_settings

from qscore_core.devices import Hardware
from qscore_core.errors import SettingsError
from qscore_core.training.files import RunFiles, read_rows

HERE = Path(__file__).parent


def launch(folder, processes=2):
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    command += [str(HERE / "distributed_worker.py"), str(folder), str(processes)]
    path = os.pathsep.join([str(HERE), str(HERE.parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What one process did, and what two did that shared its batch."""
    folder = tmp_path_factory.mktemp("processes")
    main(str(folder), 1)
    launch(folder)
    return folder


@pytest.fixture(scope="module")
def alone_and_together(folder):
    """One process's results, and those of each of the two."""
    return [torch.load(folder / name, weights_only=False) for name in ("1-0.pt", "2-0.pt", "2-1.pt")]


# MoCo encodes its keys in groups of each process's own pictures, which two processes cannot share
EXACT = [method for method in TINY_OBJECTIVES if method != "moco"]


@pytest.mark.parametrize("method", EXACT)
def test_two_processes_give_the_terms_and_gradients_of_one(method, alone_and_together):
    alone, *together = (found[method] for found in alone_and_together)
    for part in together:
        assert part["terms"] == pytest.approx(alone["terms"], rel=1e-4, abs=1e-6)
        assert part["gradients"].keys() == alone["gradients"].keys()
        for name, gradient in alone["gradients"].items():
            torch.testing.assert_close(part["gradients"][name], gradient, rtol=2e-3, atol=2e-5, msg=name)
        for name, value in alone["state"].items():
            torch.testing.assert_close(part["state"][name], value, rtol=1e-3, atol=1e-5, msg=name)


def test_both_processes_end_a_step_with_equal_gradients(alone_and_together):
    _, first, second = alone_and_together
    for method in TINY_OBJECTIVES:
        for name, gradient in first[method]["gradients"].items():
            assert torch.equal(gradient, second[method]["gradients"][name]), name


def last_row(folder, run):
    """The last line of a run's metrics, of a run that was finished."""
    files = RunFiles(folder / "workspace" / "runs" / run)
    assert files.encoder.exists()
    return {name: float(value) for name, value in read_rows(files.metrics)[-1].items() if name != "seconds"}


def test_a_run_of_two_processes_is_that_of_one(folder):
    assert last_row(folder, "2-by-None") == pytest.approx(last_row(folder, "1-by-None"), rel=1e-3)


def test_two_processes_can_take_their_batch_in_parts(folder):
    assert last_row(folder, "2-by-4")["step"] == 4


def test_a_batch_that_processes_cannot_share_is_refused(workspace):
    with pytest.raises(SettingsError) as refused:
        pretrain(
            tiny_settings(batch_size=15),
            workspace=workspace,
            dataset=stripes(),
            hardware=Hardware(torch.device("cpu"), devices=2),
        )
    assert str(refused.value) == (
        "`batch_size` should be a multiple of the number of processes. Found 15 for 2 processes."
    )


def test_no_devices_are_refused():
    with pytest.raises(SettingsError, match=r"^`devices` and `nodes` should be at least 1\. Found 0 and 1\.$"):
        Hardware(torch.device("cpu"), devices=0)
