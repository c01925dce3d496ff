import os
import time

import pytest

from qscore_core.progress import Progress
from qscore_core.status import Status, StatusFile, read_status
from qscore_core.workspace import read_json


def test_what_is_written_can_be_read_at_any_moment(tmp_path):
    before = time.time()
    file = StatusFile(tmp_path / "status.json", run="r1")
    assert read_status(file.path) is None
    file.write("queued")
    assert (read_status(file.path).state, read_status(file.path).finished) == ("queued", False)
    file._written = 0.0
    file.progress(Progress("extract", 30, 120, 15.0, 6.0))
    status = read_status(file.path)
    assert status == Status(
        "running", os.getpid(), "extract", 30, 120, 15.0, 6.0, began=status.began, heartbeat=status.heartbeat
    )
    assert before <= status.began <= status.heartbeat <= time.time()
    assert read_json(file.path)["run"] == "r1"


def test_progress_that_comes_too_fast_for_the_disk_is_not_lost(tmp_path):
    file = StatusFile(tmp_path / "status.json")
    file.write("running")
    file.progress(Progress("extract", 60, 120, 15.0, 4.0))
    assert read_status(file.path).done == 0
    file.write("failed", "The disk is full.")
    status = read_status(file.path)
    assert (status.state, status.finished, status.done, status.message) == ("failed", True, 60, "The disk is full.")


@pytest.mark.parametrize("content", ["", "{", "[1]", "null", "not json", '{"pid": 3}'])
def test_what_is_no_status_is_none(tmp_path, content):
    (tmp_path / "status.json").write_text(content)
    assert read_status(tmp_path / "status.json") is None
