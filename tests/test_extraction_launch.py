"""`extract --devices 2` as a user runs it: the command starts the second process, and is told when that one dies."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from small_inputs import small_encoder_file, spoil, write_pictures

from qscore_core.datasets import open_dataset
from qscore_core.encoders import load_encoder
from qscore_core.extraction import ExtractSettings, artefact_digest, extract
from qscore_core.representations import index_of
from qscore_core.workspace import Workspace

ROOT = Path(__file__).parents[1]
SETTINGS = ExtractSettings(batch_size=2, workers=0)


class TwoProcesses:
    """One command and what it printed."""

    def __init__(self, encoder, pictures, workspace):
        command = [sys.executable, "-m", "qscore_core", "extract", "--devices", "2", "--device", "cpu", "--json"]
        command += ["--encoder", encoder, "--dataset", f"folder:{pictures}", "--split", "train", "--workers", "0"]
        self.command = [*command, "--batch-size", "2", "--workspace", str(workspace.root)]
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def second(self):
        """The process number of the second process, once it runs this very command."""
        for child in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            if "--devices" in Path(f"/proc/{child}/cmdline").read_text().split("\0"):
                return int(child)
        return None

    def ended(self, status):
        """Its one JSON document and its messages; a process that outlives the first keeps these streams open."""
        out, told = self.process.communicate(timeout=240)
        assert self.process.returncode == status, told
        return json.loads(out), told.splitlines()


@pytest.fixture
def pictures(tmp_path):
    """48 pictures that take some time to decode, two of them unreadable."""
    folder = write_pictures(tmp_path / "pictures", 48, splits=("train",), size=250)
    for number, how in ((6, "truncated"), (41, "text")):
        spoil(next(folder.rglob(f"{number:04d}.png")), how)
    return folder


def files_of(folder):
    kept = [folder / "matrix.f32", folder / "table.parquet", *sorted(folder.glob("index*/*.*"))]
    return {str(file.relative_to(folder)): file.read_bytes() for file in kept}


@pytest.mark.skipif(sys.platform != "linux", reason="finds the second process in /proc")
def test_when_the_second_process_dies_the_first_says_so_and_the_same_command_goes_on(pictures, tmp_path, workspace):
    torch.set_num_threads(1)
    alone = Workspace.at(tmp_path / "alone")
    reference = f"file:{small_encoder_file(tmp_path)}"
    encoder = load_encoder(reference, workspace=alone)
    dataset = open_dataset(f"folder:{pictures}", "train", workspace=alone)
    expected = extract(encoder, dataset, SETTINGS, workspace=alone).representations
    index_of(expected, alone)
    folder = workspace.artefact("representations", artefact_digest(encoder, dataset, "fp32"))

    command = TwoProcesses(reference, pictures, workspace)
    while not list(folder.glob("parts/*/matrix.f32")):
        assert command.process.poll() is None
        time.sleep(0.005)
    os.kill(command.second(), signal.SIGKILL)
    document, told = command.ended(1)
    message = (
        "Process 2 of 2 was killed (signal 9, often for want of memory). "
        "What was computed is kept: run the same command again to go on."
    )
    assert document == {"error": message}
    assert message in told
    assert len(list(folder.glob("parts/*/matrix.f32"))) == 1

    document, told = TwoProcesses(reference, pictures, workspace).ended(0)
    assert document["artefact"] == str(folder)
    assert (document["images"], len(document["skipped"])) == (46, 2)
    assert sum(line.startswith("skipped ") for line in told) == 2
    assert files_of(folder) == files_of(expected.folder)
    assert sorted(file.name for file in folder.iterdir() if file.is_dir()) == ["index3-2"]
