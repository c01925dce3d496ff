"""Nothing in a stranger's file may run or take much memory or time: it loads, or is refused in clear words."""

import json
import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from damaged_files import cut_off, flipped
from hostile_files import files
from hostile_pickles import LOADS
from payloads import runs, write_module

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
MEMORY = 600 * 2**20  # bytes that reading all of them may add at most

HOSTILE = files()
CUT = cut_off()
FLIPPED = flipped()
RUNNING = [f"{name}, {container}" for name in runs("") for container in ("zip", "legacy")]


def child(script, *arguments, folder):
    """A Python process of its own, in a folder of its own."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT), str(HERE)]),
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """The folder, and what the child process found in it."""
    folder = tmp_path_factory.mktemp("hostile")
    write_module(folder)
    written = {name: data for name, (data, _) in HOSTILE.items()} | CUT | FLIPPED
    for name, data in written.items():
        (folder / f"{name}.pth").write_bytes(data)
    for name in RUNNING:
        payload = runs(folder / f"{name}.mark")[name.rpartition(", ")[0]]
        content = {"state_dict": {"weight": torch.ones(2)}, "extra": payload}
        torch.save(content, folder / f"{name}.pth", _use_new_zipfile_serialization=name.endswith("zip"))
    for number, content in enumerate(({"a": torch.ones(2)}, {"a": torch.ones(2), "b": int})):
        torch.save(content, folder / f"{number}.warm")
        torch.save(content, folder / f"{number}.old.warm", _use_new_zipfile_serialization=False)
    return folder, json.loads(child("read_corpus.py", folder, folder=folder))


def test_the_payloads_work(tmp_path):
    """An unsafe reader runs every one of them: the other tests would notice."""
    write_module(tmp_path)
    for name in runs(""):
        (tmp_path / f"{name}.pkl").write_bytes(pickle.dumps(runs(tmp_path / f"{name}.mark")[name]))
    child("payloads.py", *tmp_path.glob("*.pkl"), folder=tmp_path)
    assert {path.stem for path in tmp_path.glob("*.mark")} == set(runs(""))


@pytest.mark.parametrize("name", RUNNING)
def test_nothing_runs(name, corpus):
    folder, found = corpus
    outcome, (reader, *refused) = found["files"][name]["outcome"]
    assert (outcome, reader) == ("loaded", "inert")
    assert refused
    assert found["files"][name]["seen"] == []
    assert not (folder / f"{name}.mark").exists()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_loads_or_is_refused(name, corpus):
    words = HOSTILE[name][1]
    outcome, message = corpus[1]["files"][name]["outcome"]
    assert outcome == ("loaded" if words == LOADS else "refused"), message
    assert words in str(message)
    assert corpus[1]["files"][name]["seen"] == []


@pytest.mark.parametrize("name", CUT)
def test_a_file_that_is_cut_off_is_refused(name, corpus):
    outcome, message = corpus[1]["files"][name]["outcome"]
    assert outcome == "refused"
    assert re.search(
        "cut off|is text|is of an unknown kind|is a plain Python pickle|header does not fit it|where it has", message
    )


def test_wrong_bits_are_refused_or_only_change_numbers(corpus):
    """Nothing but an EncoderError, and nothing runs; in the numbers themselves a wrong bit cannot be seen."""
    outcomes = {name: corpus[1]["files"][name] for name in FLIPPED}
    assert {found["outcome"][0] for found in outcomes.values()} == {"refused", "loaded"}
    assert [name for name, found in outcomes.items() if found["seen"]] == []


def test_nothing_is_left_behind(corpus):
    folder, found = corpus
    assert found["environment"] == ["QSCORE_TEST_MARK"]
    assert not found["imported"]
    assert found["memory"] < MEMORY
    assert {path.suffix for path in folder.iterdir()} <= {".pth", ".py", ".warm"}
