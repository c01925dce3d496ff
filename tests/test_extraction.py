import contextlib
import dataclasses
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from small_inputs import small_encoder_file, spoil, write_pictures

from qscore_core import extraction
from qscore_core._representing import NOT_FINITE
from qscore_core.datasets import open_dataset
from qscore_core.encoders import load_encoder
from qscore_core.errors import DatasetError, RepresentationError, SettingsError, WorkspaceError
from qscore_core.extraction import ExtractSettings, artefact_digest, extract
from qscore_core.progress import Meter
from qscore_core.workspace import Workspace, is_whole

ROOT = Path(__file__).parents[1]
SMALL = ExtractSettings(batch_size=8, workers=0)


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def pictures(tmp_path):
    return write_pictures(tmp_path / "pictures", 40, splits=("train",))


@pytest.fixture
def encoder(tmp_path, workspace):
    return load_encoder(f"file:{small_encoder_file(tmp_path)}", workspace=workspace)


def opened(pictures, workspace):
    return open_dataset(f"folder:{pictures}", "train", workspace=workspace)


def extracted(encoder, pictures, workspace, settings=SMALL, **how):
    return extract(encoder, opened(pictures, workspace), settings, workspace=workspace, **how)


def contents(result):
    folder = result.representations.folder
    return (folder / "matrix.f32").read_bytes(), (folder / "table.parquet").read_bytes()


def picture(pictures, number):
    return next(pictures.rglob(f"{number:04d}.png"))


class StopAt:
    """A listener that raises once a number of images is done, as Ctrl-C would at that moment."""

    def __init__(self, images, error):
        self.images, self.error = images, error

    def __call__(self, progress):
        if progress.done >= self.images:
            raise self.error


@pytest.fixture
def tells_every_batch(monkeypatch):
    monkeypatch.setattr(extraction, "Meter", partial(Meter, interval=0.0))


def test_rows_are_what_the_encoder_gives_for_each_picture_alone(encoder, pictures, workspace):
    dataset = opened(pictures, workspace)
    stored = extract(encoder, dataset, SMALL, workspace=workspace).representations
    assert stored.table["id"].tolist() == dataset.table["id"].tolist()
    assert stored.classes == ("class0", "class1")
    assert stored.labels.tolist() == dataset.labels.tolist()
    with torch.inference_mode():
        for row in (0, 7, 8, 39):
            pixels = torch.from_numpy(encoder.transform.geometry(dataset.source.image(row)).copy())[None]
            alone = encoder(encoder.transform.normalize(pixels))[0].numpy()
            np.testing.assert_allclose(stored.matrix[row], alone, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_the_number_of_decoding_processes_does_not_change_a_bit(encoder, pictures, tmp_path, workers):
    expected = extracted(encoder, pictures, Workspace.at(tmp_path / "a"))
    found = extracted(encoder, pictures, Workspace.at(tmp_path / "b"), ExtractSettings(8, workers=workers))
    assert contents(found) == contents(expected)


def test_a_finished_extraction_is_reused(encoder, pictures, workspace):
    first, second = extracted(encoder, pictures, workspace), extracted(encoder, pictures, workspace)
    assert (first.reused, second.reused) == (False, True)
    assert first.images_per_second > 0
    assert contents(first) == contents(second)
    assert [f.name for f in first.representations.folder.iterdir() if "position" in f.name] == []


def test_everything_that_changes_the_numbers_changes_the_digest(encoder, pictures, tmp_path, workspace):
    dataset = opened(pictures, workspace)
    digests = {artefact_digest(encoder, dataset, "fp32"), artefact_digest(encoder, dataset, "bf16")}
    other = load_encoder(f"file:{small_encoder_file(tmp_path, seed=1)}", workspace=workspace)
    digests.add(artefact_digest(other, dataset, "fp32"))
    wider = dataclasses.replace(encoder, transform=dataclasses.replace(encoder.transform, resize=28))
    digests.add(artefact_digest(wider, dataset, "fp32"))
    picture(pictures, 3).write_bytes(picture(pictures, 4).read_bytes())
    digests.add(artefact_digest(encoder, opened(pictures, workspace), "fp32"))
    assert len(digests) == 5
    assert artefact_digest(encoder, opened(pictures, workspace), "fp32") in digests


@pytest.mark.parametrize("stop_at", [8, 16, 40])
@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
@pytest.mark.usefixtures("tells_every_batch")
def test_an_interrupted_run_goes_on_where_it_stopped_to_the_same_bytes(encoder, pictures, tmp_path, stop_at, error):
    expected = extracted(encoder, pictures, Workspace.at(tmp_path / "whole"))
    workspace = Workspace.at(tmp_path / "stopped")
    with pytest.raises(error):
        extracted(encoder, pictures, workspace, on_progress=StopAt(stop_at, error()))
    seen = []
    resumed = extracted(encoder, pictures, workspace, on_progress=lambda progress: seen.append(progress.done))
    assert (seen or [40])[0] == min(stop_at + 8, 40)
    assert contents(resumed) == contents(expected)


@pytest.mark.usefixtures("tells_every_batch")
def test_a_resumed_run_keeps_its_batch_size(encoder, pictures, tmp_path):
    expected = extracted(encoder, pictures, Workspace.at(tmp_path / "whole"))
    workspace = Workspace.at(tmp_path / "stopped")
    with pytest.raises(KeyboardInterrupt):
        extracted(encoder, pictures, workspace, on_progress=StopAt(16, KeyboardInterrupt()))
    resumed = extracted(encoder, pictures, workspace, dataclasses.replace(SMALL, batch_size=5))
    assert contents(resumed) == contents(expected)


@pytest.mark.usefixtures("tells_every_batch")
@pytest.mark.parametrize("damage", ["torn rows", "lost rows", "no position", "half a position"])
def test_whatever_a_crash_leaves_behind_the_result_is_the_same(encoder, pictures, tmp_path, damage):
    expected = extracted(encoder, pictures, Workspace.at(tmp_path / "whole"))
    workspace = Workspace.at(tmp_path / "stopped")
    with pytest.raises(KeyboardInterrupt):
        extracted(encoder, pictures, workspace, on_progress=StopAt(16, KeyboardInterrupt()))
    position = next((workspace.root / "representations").glob("*/position.json"))
    matrix = position.with_name("matrix.f32")
    if damage == "torn rows":
        with matrix.open("ab") as file:
            file.write(b"\x01" * 777)
    elif damage == "lost rows":
        os.truncate(matrix, 1000)
    elif damage == "no position":
        position.unlink()
    else:
        position.write_text(position.read_text()[:25])
    assert contents(extracted(encoder, pictures, workspace)) == contents(expected)


@pytest.mark.parametrize("processes", [("1",), ("1", "2", "3")], ids=["alone", "together"])
def test_killed_at_random_moments_it_resumes_to_the_same_bytes(pictures, tmp_path, processes):
    for number, how in ((3, "truncated"), (17, "empty")):
        spoil(picture(pictures, number), how)
    kills = os.environ.get("QSCORE_KILLS", "4")
    encoder = small_encoder_file(tmp_path)
    command = [sys.executable, "-m", "bench.kill_extraction", "--encoder", f"file:{encoder}", "--kills", kills]
    command += ["--dataset", f"folder:{pictures}", "--split", "train", "--batch-size", "2", "--save-every", "0"]
    command += ["--processes", *processes]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    outcome = json.loads(done.stdout)
    assert outcome["kills"] >= int(kills)
    assert outcome["different_from_uninterrupted"] == 0


def test_images_that_cannot_be_read_are_listed_and_leave_their_neighbours_as_they_are(
    encoder, pictures, tmp_path, workspace
):
    whole = extracted(encoder, pictures, Workspace.at(tmp_path / "whole")).representations
    spoiled = {3: "truncated", 8: "empty", 9: "text", 39: "html"}
    for number, how in spoiled.items():
        spoil(picture(pictures, number), how)
    stored = extracted(encoder, pictures, workspace).representations
    assert {Path(s.path).stem for s in stored.skipped} == {f"{number:04d}" for number in spoiled}
    reasons = " ".join(s.reason for s in stored.skipped)
    for reason in ("the file is empty", "it is truncated or damaged", "it is not an image"):
        assert reason in reasons
    assert all(s.path in s.reason for s in stored.skipped)
    assert stored.images == len(stored.matrix) == 36
    place = {name: row for row, name in enumerate(whole.table["id"])}
    rows = [place[name] for name in stored.table["id"]]
    # A black picture kept the place of each bad one, so even the last bit is the same.
    assert stored.matrix.tobytes() == whole.matrix[rows].tobytes()


def test_an_elongated_picture_is_skipped_instead_of_filling_the_memory(encoder, pictures, workspace):
    Image.new("L", (1, 5000)).save(picture(pictures, 0))
    stored = extracted(encoder, pictures, workspace).representations
    assert stored.images == 39
    assert "1 x 5000 pixels: too elongated" in stored.skipped[0].reason


def test_a_picture_for_which_the_encoder_gives_nan_is_skipped(encoder, pictures, workspace):
    Image.new("RGB", (32, 32), (255, 255, 255)).save(picture(pictures, 5))

    class NanOnWhite(torch.nn.Module):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def forward(self, pixels):
            white = pixels.flatten(1).std(dim=1, correction=0) < 0.5
            return torch.where(white[:, None], torch.nan, self.inner(pixels))

    spoiled = dataclasses.replace(encoder, module=NanOnWhite(encoder.module))
    stored = extracted(spoiled, pictures, workspace).representations
    assert [(Path(s.path).stem, s.reason) for s in stored.skipped] == [("0005", NOT_FINITE)]
    assert np.isfinite(stored.matrix).all()


def test_duplicate_ids_do_not_mix_up_rows(encoder, pictures, workspace):
    dataset = opened(pictures, workspace)
    bad = next(row for row, path in enumerate(dataset.table["path"]) if path.endswith("0003.png"))
    spoil(picture(pictures, 3), "text")
    same = dataclasses.replace(dataset, table=dataset.table.assign(id="one name"))
    stored = extract(encoder, same, SMALL, workspace=workspace).representations
    assert stored.table["path"].tolist() == [p for row, p in enumerate(dataset.table["path"]) if row != bad]


def test_a_folder_without_one_usable_image_is_refused_and_looked_at_again(encoder, pictures, workspace):
    pixels = {path: path.read_bytes() for path in pictures.rglob("*.png")}
    stamps = {path: path.stat() for path in pixels}
    for path, data in pixels.items():
        path.write_bytes(b"x" * len(data))
        os.utime(path, ns=(stamps[path].st_atime_ns, stamps[path].st_mtime_ns))
    with pytest.raises(
        DatasetError, match=r"No image of `folder:.*` split `train` could be used\. The first of 40: Image"
    ):
        extracted(encoder, pictures, workspace)
    for path, data in pixels.items():  # the same listing: a disk that was not there and is back
        path.write_bytes(data)
        os.utime(path, ns=(stamps[path].st_atime_ns, stamps[path].st_mtime_ns))
    assert extracted(encoder, pictures, workspace).representations.images == 40


@pytest.mark.usefixtures("tells_every_batch")
def test_of_two_at_once_one_works_and_the_other_says_so(encoder, pictures, workspace):
    working, go_on, results = threading.Event(), threading.Event(), []

    def hold(_):
        working.set()
        go_on.wait(30)

    first = threading.Thread(target=lambda: results.append(extracted(encoder, pictures, workspace, on_progress=hold)))
    first.start()
    working.wait(30)
    try:
        with pytest.raises(WorkspaceError, match=r"Another process is working on .*Wait until it is done"):
            extracted(encoder, pictures, workspace)
    finally:
        go_on.set()
        first.join()
    assert [result.reused for result in (*results, extracted(encoder, pictures, workspace))] == [False, True]


def test_an_encoder_of_another_width_is_refused(encoder, pictures, workspace):
    with pytest.raises(
        RepresentationError, match=r"should give 65 features an image\. Found an output of shape \(8, 64\)"
    ):
        extracted(dataclasses.replace(encoder, dim=65), pictures, workspace)


def test_half_precision_is_stored_as_float32_beside_the_full(encoder, pictures, workspace):
    full = extracted(encoder, pictures, workspace).representations
    half = extracted(encoder, pictures, workspace, ExtractSettings(8, "bf16", 0)).representations
    assert half.folder != full.folder
    assert half.matrix.dtype == np.float32
    np.testing.assert_allclose(half.matrix, full.matrix, rtol=0.1, atol=0.05)
    assert (half.matrix != full.matrix).any()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"batch_size": 0}, r"`batch_size` should be at least 1\. Found 0\."),
        ({"precision": "fp8"}, r"`precision` should be fp32, bf16 or fp16\. Found `fp8`\."),
    ],
)
def test_settings_out_of_range_are_refused(given, message):
    with pytest.raises(SettingsError, match=message):
        ExtractSettings(**given)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 400 kB that can really be full."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small file system cannot be mounted here (needs root)")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(folder):
    with (folder / "ballast").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)


@pytest.mark.usefixtures("tells_every_batch")
def test_a_disk_that_runs_full_says_so_and_the_run_resumes_to_the_same_bytes(encoder, pictures, tmp_path, small_disk):
    expected = extracted(encoder, pictures, Workspace.at(tmp_path / "whole"))
    workspace = Workspace.at(small_disk / "workspace")
    with pytest.raises(WorkspaceError, match=r"Cannot write .*: the disk is full; free some space and run the same"):
        extracted(encoder, pictures, workspace, on_progress=lambda progress: progress.done == 16 and fill(small_disk))
    assert not any(is_whole(folder) for folder in (workspace.root / "representations").iterdir())
    (small_disk / "ballast").unlink()
    assert contents(extracted(encoder, pictures, workspace)) == contents(expected)


def test_a_disk_that_is_too_small_is_noticed_before_the_work(encoder, pictures, workspace, monkeypatch):
    full = type("Usage", (), {"free": 1234})
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(WorkspaceError, match=r"needs 10\.2 kB for the representations and 1\.2 kB are free"):
        extracted(encoder, pictures, workspace)


def test_a_file_size_limit_says_so(encoder, pictures, workspace):
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(
            WorkspaceError, match=r"the file would be larger than this system or your limit \(`ulimit -f`\)"
        ):
            extracted(encoder, pictures, workspace)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert extracted(encoder, pictures, workspace).representations.images == 40


def test_a_decoding_process_that_dies_is_reported(encoder, pictures, workspace):
    class Deadly:
        def image(self, _):
            os.kill(os.getpid(), 9)

    deadly = dataclasses.replace(opened(pictures, workspace), source=Deadly())
    with pytest.raises(Exception, match=r"A decoding process died .*`--workers 0` decodes in the main process"):
        extract(encoder, deadly, ExtractSettings(8, workers=1), workspace=workspace)
