"""Extraction by several processes: the plan, the parts, and the file that they become."""

import json
import os
import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from small_inputs import small_encoder_file, spoil, write_pictures

from qscore_core import extraction
from qscore_core._row_file import POSITION, Position, open_rows
from qscore_core.datasets import open_dataset
from qscore_core.encoders import load_encoder
from qscore_core.errors import WorkspaceError
from qscore_core.extraction import ExtractSettings, extract
from qscore_core.extraction_parts import PARTS, PLAN, Part, Tally, claim_plan, stored_rows
from qscore_core.progress import Meter, silent
from qscore_core.representations import MATRIX
from qscore_core.team import Team
from qscore_core.workspace import Workspace, read_json

ROOT = Path(__file__).parents[1]
SMALL = ExtractSettings(batch_size=4, workers=0)
SPOILED = {3: "truncated", 17: "empty", 30: "text", 49: "html"}


class Meeting:
    """Where the threads of a team meet."""

    def __init__(self, size):
        self.size, self.barrier, self.said = size, threading.Barrier(size, timeout=60), None


class OneThread(Team):
    """A thread that takes part as a process does."""

    def __init__(self, meeting, rank):
        super().__init__(rank, meeting.size, meeting.size)
        object.__setattr__(self, "meeting", meeting)

    def agreed(self, value):
        if self.leads:
            self.meeting.said = value
        self.wait()
        return self.meeting.said

    def wait(self, meanwhile=lambda: None):
        meanwhile()
        self.meeting.barrier.wait()


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch):
    monkeypatch.setattr(extraction, "Meter", partial(Meter, interval=0.0))
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def pictures(tmp_path):
    folder = write_pictures(tmp_path / "pictures", 50, splits=("train",))
    for number, how in SPOILED.items():
        spoil(next(folder.rglob(f"{number:04d}.png")), how)
    return folder


@dataclass(frozen=True)
class Extractor:
    """Extracts the pictures into a workspace, with a team of as many threads as asked for."""

    pictures: Path

    def __call__(self, workspace, size=1, on_progress=silent, batch_size=4):
        """What each thread of the team gives, or the error that ended it."""
        encoder = load_encoder(f"file:{small_encoder_file(self.pictures.parent)}", workspace=workspace)
        dataset = open_dataset(f"folder:{self.pictures}", "train", workspace=workspace)
        settings = ExtractSettings(batch_size, workers=0)
        meeting, results = Meeting(size), [None] * size

        def work(rank):
            how = {"workspace": workspace, "team": OneThread(meeting, rank), "on_progress": on_progress}
            try:
                results[rank] = extract(encoder, dataset, settings, **how).representations
            except BaseException as error:
                results[rank] = error
                meeting.barrier.abort()

        threads = [threading.Thread(target=work, args=(rank,)) for rank in range(size)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results


@pytest.fixture
def extracted(pictures):
    return Extractor(pictures)


def contents(stored):
    files = [(stored.folder / name).read_bytes() for name in (MATRIX, "table.parquet")]
    return files, [(skipped.path, skipped.reason) for skipped in stored.skipped]


class StopAfter:
    """A listener that stops the first process, as Ctrl-C would, after some of its batches."""

    def __init__(self, batches):
        self.batches = batches

    def __call__(self, _):
        self.batches -= 1
        if self.batches == 0:
            raise KeyboardInterrupt


def artefact(workspace):
    return next((workspace.root / "representations").iterdir())


# 23 images are 6 batches of 4, of which 3 processes do 2 each and 4 do 1, 2, 1, 2. After 8 images 4 batches are left.
@pytest.mark.parametrize(
    ("seen", "processes", "ends"),
    [(0, 1, (23,)), (0, 3, (8, 16, 23)), (0, 4, (4, 12, 16, 23)), (8, 2, (16, 23)), (20, 3, (20, 20, 23))],
)
def test_parts_end_where_batches_do(tmp_path, seen, processes, ends):
    plan = claim_plan(tmp_path, Position(4, seen=seen), 23, processes)
    assert plan.ends == ends
    parts = plan.parts(tmp_path)
    assert parts[0].matrix == tmp_path / MATRIX
    assert [part.last for part in parts] == list(ends)
    assert [part.first for part in parts] == [0, *ends[:-1]]


def test_a_plan_is_kept_for_as_many_processes_and_batches_of_that_size_only(tmp_path):
    first = claim_plan(tmp_path, Position(4), 23, 3)
    assert claim_plan(tmp_path, Position(4, seen=4), 23, 3) == first
    begun = first.parts(tmp_path)[1].folder
    begun.mkdir(parents=True)
    assert claim_plan(tmp_path, Position(4, seen=12), 23, 3) == first
    assert begun.exists()
    assert claim_plan(tmp_path, Position(8), 23, 3).ends == (8, 16, 23)
    assert not begun.exists()
    assert claim_plan(tmp_path, Position(8, seen=8), 23, 2).ends == (16, 23)
    (tmp_path / PLAN).write_text('{"batch_size": 8, "en')
    assert claim_plan(tmp_path, Position(8, seen=16), 23, 2).ends == (16, 23)


@pytest.fixture
def finished_part(tmp_path):
    """Images 4 to 10 in batches of 4, of which 5 and 8 have no row; feature 0 of a row is its image's number."""
    part = Part(tmp_path / "part" / MATRIX, 4, 4, 11)
    part.folder.mkdir()
    with open_rows(part.matrix, 2, part.start) as rows:
        for first, last in ((4, 8), (8, 11)):
            h = np.stack([np.arange(first, last), np.ones(last - first)], axis=1).astype(np.float32)
            rows.append(h, ["bad" if row in (5, 8) else None for row in range(first, last)])
    return part


def test_the_rows_of_a_part_come_back_with_what_is_missing(finished_part):
    for seen, expected in ((4, [[4, 0, 6, 7], [0, 9, 10]]), (8, [[0, 9, 10]]), (11, [])):
        batches = list(stored_rows(finished_part, 2, seen))
        assert [h[:, 0].tolist() for h, _ in batches] == expected
        assert [failure for _, failures in batches for failure in failures].count("bad") == len(expected)
    assert Tally([finished_part], 2)(4) == 11
    assert Tally([finished_part], 2)(8) == 11  # images that the whole has already do not count twice
    assert Tally([finished_part], 2)(2) == 9


def test_a_part_that_lost_rows_is_named(finished_part):
    os.truncate(finished_part.matrix, 8)
    with pytest.raises(WorkspaceError) as refused:
        next(stored_rows(finished_part, 2, 4))
    assert str(refused.value) == (
        f"`{finished_part.matrix}` should hold images 4 to 11. Found them up to 4. "
        "Run the same command again to make the rest."
    )


@pytest.mark.parametrize("size", [2, 3, 20])
def test_a_team_writes_the_bytes_of_one_process_and_leaves_nothing_else(extracted, tmp_path, size):
    (expected,) = extracted(Workspace.at(tmp_path / "one"))
    seen = []
    found = extracted(Workspace.at(tmp_path / "team"), size, on_progress=lambda p: seen.append(p.done))
    assert all(contents(stored) == contents(expected) for stored in found)
    assert len(expected.skipped) == len(SPOILED)
    assert seen == sorted(seen)
    assert seen[-1] == 50
    assert seen.count(50) == 1
    assert {file.name for file in found[0].folder.iterdir()} <= {MATRIX, "table.parquet", "manifest.json", ".lock"}


@pytest.mark.parametrize("sizes", [(3, 3), (3, 2), (3, 1), (1, 3), (2, 1, 3)])
def test_an_interrupted_team_goes_on_with_any_number_of_processes(extracted, tmp_path, sizes):
    (expected,) = extracted(Workspace.at(tmp_path / "one"))
    workspace = Workspace.at(tmp_path / "team")
    for size in sizes[:-1]:
        stopped = extracted(workspace, size, on_progress=StopAfter(batches=2))
        assert isinstance(stopped[0], KeyboardInterrupt)
    assert len(json.loads((artefact(workspace) / PLAN).read_text())["ends"]) == sizes[-2]
    found = extracted(workspace, sizes[-1], batch_size=7)
    assert all(contents(stored) == contents(expected) for stored in found)


def test_as_many_processes_go_on_where_each_part_stopped(extracted, tmp_path):
    workspace = Workspace.at(tmp_path / "team")
    extracted(workspace, 3, on_progress=StopAfter(batches=2))
    parts = {file.parent.name: read_json(file)["seen"] for file in (artefact(workspace) / PARTS).rglob(POSITION)}
    assert parts == {"16-32-by-4": 32, "32-50-by-4": 50}  # only the first process was stopped
    seen = []
    extracted(workspace, 3, on_progress=lambda progress: seen.append(progress.done))
    assert seen[0] == 8 + 4 + (32 - 16) + (50 - 32)  # its next batch, and all that was there
