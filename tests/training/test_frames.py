"""Frames of a split: from memory and streamed the same, unreadable pictures left out and named."""

import numpy as np
import pytest
import torch
from training_set import stripes

from qscore_core.encoders.transform import Transform
from qscore_core.errors import DatasetError
from qscore_core.progress import silent
from qscore_core.training import frames as frames_module
from qscore_core.training.frames import MemoryFrames, StreamedFrames, open_frames
from qscore_core.workspace import read_json


def opened(dataset, workspace, workers=0):
    return open_frames(dataset, 8, workspace=workspace, workers=workers, on_progress=silent)


def test_frames_are_the_pictures_in_the_encoders_geometry(workspace):
    dataset = stripes(70)
    frames = opened(dataset, workspace)
    assert frames.pixels.shape == (70, 8, 8, 3)
    expected = Transform(resize=8, crop=8).geometry(dataset.source.image(69))
    assert np.array_equal(frames.pixels[69].numpy(), expected)


def test_a_second_opening_reads_what_the_first_decoded(workspace):
    first = opened(stripes(), workspace)
    broken = stripes(broken=range(64))  # would fail if it were decoded again
    assert torch.equal(first.pixels, opened(broken, workspace).pixels)


def test_unreadable_pictures_are_left_out_and_named(workspace):
    frames = opened(stripes(10, broken=(0, 7)), workspace)
    assert len(frames) == 8
    (manifest,) = workspace.root.glob("frames/*/manifest.json")
    assert read_json(manifest)["skipped"] == ["picture-0", "picture-7"]


def test_a_long_run_of_unreadable_pictures_is_left_out_too(workspace):
    assert len(opened(stripes(200, broken=range(60, 140)), workspace)) == 120


def test_a_split_without_a_readable_picture_is_refused(workspace):
    with pytest.raises(DatasetError, match=r"^`stripes` has no readable picture in split `train`\.$"):
        opened(stripes(3, broken=(0, 1, 2)), workspace)


@pytest.mark.parametrize("workers", [0, 2])
def test_streamed_frames_equal_those_in_memory(workspace, monkeypatch, workers):
    batches = [[3, 1, 2], [0, 5], [9]]
    in_memory = opened(stripes(10), workspace)
    monkeypatch.setattr(frames_module, "MEMORY_LIMIT", 10)
    streamed = opened(stripes(10), workspace, workers)
    assert isinstance(in_memory, MemoryFrames)
    assert isinstance(streamed, StreamedFrames)
    for kept, decoded in zip(in_memory.batches(batches), streamed.batches(batches), strict=True):
        assert torch.equal(kept, decoded)


def test_streaming_does_not_draw_from_the_global_generator(workspace, monkeypatch):
    monkeypatch.setattr(frames_module, "MEMORY_LIMIT", 10)
    before = torch.get_rng_state()
    list(opened(stripes(10), workspace).batches([[1, 2]]))
    assert torch.equal(before, torch.get_rng_state())
