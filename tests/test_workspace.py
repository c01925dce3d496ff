import errno
import multiprocessing
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from qscore_core.errors import WorkspaceError
from qscore_core.workspace import (
    Workspace,
    digest_of,
    digest_of_file,
    format_bytes,
    is_whole,
    read_json,
    write_atomic,
    write_json,
    writing,
)


@dataclass(frozen=True)
class Settings:
    epsilon: float = 4.0
    percentiles: tuple[float, float] = (50.0, 95.0)


def test_a_digest_follows_the_content_not_the_order():
    assert digest_of({"a": 1, "b": [2, 3]}) == digest_of({"b": [2, 3], "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": 2})
    assert digest_of(Settings()) == digest_of({"epsilon": 4.0, "percentiles": [50.0, 95.0]})
    assert len(digest_of(None)) == 20


def test_what_is_no_plain_value_is_no_part_of_a_digest():
    with pytest.raises(TypeError, match="ndarray is not part of a digest"):
        digest_of({"array": np.zeros(3)})


def test_a_digest_of_a_file_follows_its_bytes(tmp_path):
    for name, data in (("a", b"one"), ("b", b"one"), ("c", b"two")):
        (tmp_path / name).write_bytes(data)
    assert digest_of_file(tmp_path / "a") == digest_of_file(tmp_path / "b") != digest_of_file(tmp_path / "c")


def test_a_failed_write_leaves_the_old_content_and_no_litter(tmp_path):
    path = tmp_path / "value.json"
    write_json(path, {"kept": True})
    with pytest.raises(TypeError):
        write_json(path, {"bad": object()})
    with pytest.raises(TypeError):
        write_atomic(path, 12)
    assert read_json(path) == {"kept": True}
    assert [file.name for file in tmp_path.iterdir()] == ["value.json"]


def test_the_place_is_given_or_from_the_environment_or_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("QSCORE_WORKSPACE", raising=False)
    assert Workspace.at().root == tmp_path / ".qscore"
    monkeypatch.setenv("QSCORE_WORKSPACE", str(tmp_path / "elsewhere"))
    assert Workspace.at().root == tmp_path / "elsewhere"
    assert Workspace.at("given/deep").root == tmp_path / "given" / "deep"
    assert (tmp_path / "given" / "deep").is_dir()


def test_an_artefact_is_whole_with_its_manifest_only(workspace):
    folder = workspace.artefact("kind", "abc")
    assert folder == workspace.root / "kind" / "abc"
    assert not is_whole(folder)
    write_json(folder / "manifest.json", {})
    assert is_whole(workspace.artefact("kind", "abc"))


def test_a_workspace_under_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(
        WorkspaceError, match=r"Cannot write `.*/file/inside`: a part of that path is a file; choose another"
    ):
        Workspace.at(tmp_path / "file" / "inside")
    with pytest.raises(WorkspaceError, match=r"Cannot write `.*/file`: there is a file of that name; choose another"):
        Workspace.at(tmp_path / "file")


def test_a_workspace_that_cannot_be_made_is_refused():
    with pytest.raises(
        WorkspaceError, match=r"Cannot write `/proc/workspace`: .*; choose another folder \(`--workspace`"
    ):
        Workspace.at("/proc/workspace")


@pytest.fixture
def read_only(tmp_path):
    folder = tmp_path / "read-only"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=100k", "tmpfs", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("a read-only file system cannot be mounted here (needs root)")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_read_only_file_system_is_named_as_such(read_only):
    with pytest.raises(WorkspaceError, match=r"Cannot write .*: the file system is read-only; choose another folder"):
        Workspace.at(read_only / "workspace")
    with pytest.raises(WorkspaceError, match=r"read-only|you may not write there"):
        Workspace.at(read_only)
    with pytest.raises(WorkspaceError, match="read-only"):
        write_json(read_only / "value.json", {})


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full; free some space and run the same command again: it goes on where it stopped"),
        (errno.EDQUOT, "the disk quota is used up; free some space"),
        (errno.EACCES, "you may not write there; choose another folder"),
        (errno.EFBIG, "the file would be larger than this system or your limit"),
    ],
)
def test_the_reason_is_said_in_words(number, words):
    with pytest.raises(WorkspaceError, match="Cannot write `here`: ") as caught, writing(Path("here")):
        raise OSError(number, "low-level words")
    assert words in str(caught.value)
    assert caught.value.__cause__.errno == number


def test_a_full_disk_under_numpy_is_recognised():
    with pytest.raises(WorkspaceError, match="the disk is full"), writing(Path("here")):
        np.zeros(1 << 20).tofile("/dev/full")


def test_other_errors_pass_unchanged():
    with pytest.raises(OSError, match="low-level words"), writing(Path("here")):
        raise OSError(errno.EIO, "low-level words")


def hold_lock(root, held, free):
    workspace = Workspace(root)
    with workspace.lock(workspace.artefact("kind", "abc")):
        held.set()
        free.wait(60)


@pytest.mark.parametrize("killed", [False, True])
def test_only_one_process_works_on_an_artefact_and_a_killed_one_frees_it(workspace, killed):
    context = multiprocessing.get_context("fork")
    held, free = context.Event(), context.Event()
    other = context.Process(target=hold_lock, args=(workspace.root, held, free))
    other.start()
    assert held.wait(60)
    folder = workspace.artefact("kind", "abc")
    message = r"Another process is working on `.*kind/abc`\. Wait until"
    with pytest.raises(WorkspaceError, match=message), workspace.lock(folder):
        pass
    other.kill() if killed else free.set()
    other.join()
    with workspace.lock(folder):
        pass


def test_a_lock_is_free_again_after_an_error(workspace):
    folder = workspace.artefact("kind", "abc")
    with pytest.raises(ZeroDivisionError), workspace.lock(folder):
        1 / 0  # noqa: B018
    with workspace.lock(folder):
        pass


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 bytes"), (999, "999 bytes"), (1_536_000, "1.5 MB"), (8e9, "8.0 GB"), (1000, "1.0 kB")]
)
def test_sizes_are_readable(count, text):
    assert format_bytes(count) == text
