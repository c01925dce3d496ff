import argparse
import contextlib
import functools
import gzip
import io
import json
import os
import pickle
import struct
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import safetensors.torch
import torch
from encoder_files import small_weights
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from qscore_core.encoders import inspect_checkpoint
from qscore_core.encoders.safe_reader import Limits, read_checkpoint
from qscore_core.errors import EncoderError


class Touches:
    """Unpickled by an unsafe reader, it makes the folder `mark`."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


class Imports:
    """Unpickled by an unsafe reader, it imports a module, whose code runs."""

    def __reduce__(self):
        return __import__, ("antigravity_of_tests",)


def message_of(path):
    with pytest.raises(EncoderError) as error:
        read_checkpoint(path)
    assert str(path) in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("where", ["top", "inside", "beside"])
def test_a_pickle_that_would_run_code_is_refused_and_does_not_run(legacy, where, tmp_path):
    hostile = Touches(tmp_path / "ran")
    content = {"top": hostile, "inside": {"a": [hostile]}, "beside": {**small_weights(), "x": hostile}}[where]
    torch.save(content, tmp_path / "w.pth", _use_new_zipfile_serialization=not legacy)
    assert "posix.mkdir` that could run code when opened, so it stays closed." in message_of(tmp_path / "w.pth")
    assert not (tmp_path / "ran").exists()
    # the file does what the test says: a reader without the guard runs it
    torch.load(tmp_path / "w.pth", weights_only=False)
    assert (tmp_path / "ran").exists()


def test_a_plain_pickle_is_refused_by_its_first_byte(tmp_path):
    (tmp_path / "w.pth").write_bytes(pickle.dumps(Touches(tmp_path / "ran")))
    assert "is a plain Python pickle, which runs code when opened." in message_of(tmp_path / "w.pth")
    assert not (tmp_path / "ran").exists()


def test_an_import_is_refused(tmp_path, monkeypatch):
    (tmp_path / "antigravity_of_tests.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    torch.save({"a": Imports()}, tmp_path / "w.pth")
    assert "`__import__` that could run code" in message_of(tmp_path / "w.pth")
    assert "antigravity_of_tests" not in sys.modules


@pytest.mark.parametrize("legacy", [False, True])
def test_a_harmless_object_is_named_too(legacy, tmp_path):
    content = {"state_dict": small_weights(), "hparams": argparse.Namespace(lr=1)}
    torch.save(content, tmp_path / "w.pth", _use_new_zipfile_serialization=not legacy)
    assert message_of(tmp_path / "w.pth") == (
        f"Encoder file `{tmp_path}/w.pth` holds a Python object `argparse.Namespace` that could run code when opened, "
        "so it stays closed. Where you trust the file, save only its tensors: torch.save(network.state_dict(), ...)."
    )


def test_a_whole_pickled_module_is_refused(tmp_path):
    torch.save(torch.nn.Linear(2, 2), tmp_path / "w.pth")
    assert "`torch.nn.modules.linear.Linear`" in message_of(tmp_path / "w.pth")


def write_text(text):
    return lambda path: path.write_text(text)


def write_image(name):
    return lambda path: Image.new("RGB", (4, 4)).save(path, name)


def write_tar(path):
    with tarfile.open(path, "w") as archive:
        archive.addfile(tarfile.TarInfo("x"))


def write_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.pth", "x")


def write_script(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("net/data.pkl", "x")
        archive.writestr("net/constants.pkl", "x")


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (write_text(""), "is empty (0 bytes): the download did not happen. Fetch it again."),
        (
            write_text("<!DOCTYPE html><html><title>Sign in"),
            "is an HTML page saved instead of the file. Expected weights",
        ),
        (write_text("\n\n<html lang=en>"), "Open the address in a browser (a login, a licence or a download limit may"),
        (
            write_text("version https://git-lfs.github.com/spec/v1\noid sha256:1"),
            "is a Git LFS pointer, not the file itself",
        ),
        (
            write_text("hello\nworld"),
            "is text, beginning `hello\nworld`. Expected weights as .safetensors, or as .pth,",
        ),
        (write_image("PNG"), "is a PNG image."),
        (write_image("JPEG"), "is a JPEG image."),
        (
            write_tar,
            "is a tar archive. Expected weights as .safetensors, or as .pth, .pt, .pth.tar or .ckpt written by",
        ),
        (lambda path: path.write_bytes(gzip.compress(b"x")), "is a gzip archive. Expected"),
        (write_zip, "is a zip archive that torch.save did not write (it holds 1 files, first `inner.pth`)."),
        (write_script, "is a TorchScript program, which is code."),
        (lambda path: path.mkdir(), "is a folder. Expected"),
        (lambda path: path.write_bytes(b"\x93NUMPY\x01\x00"), "is a numpy array. Expected"),
        (lambda path: path.write_bytes(bytes([1, 2, 3])), "is of an unknown kind (first bytes 01 02 03)."),
        (lambda _: None, "does not exist. Expected"),
        (lambda path: torch.save(torch.zeros(3), path), "should hold a dict of tensors. Found a single tensor. Save"),
        (lambda path: torch.save([1], path), "should hold a dict of tensors. Found a value of type `list`. Save"),
    ],
)
def test_the_wrong_file_is_named_for_what_it_is(write, message, tmp_path):
    write(tmp_path / "weights.pth")
    assert message in message_of(tmp_path / "weights.pth")


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "w.pth"
    path.write_bytes(b"x")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    # the tests may run as root, who may read everything
    monkeypatch.setattr(Path, "open", refuse)
    assert "cannot be read: Permission denied." in message_of(path)


@functools.cache
def saved(kind):
    state = small_weights()
    if kind == "safetensors":
        return safetensors.torch.save(state)
    buffer = io.BytesIO()
    torch.save(state, buffer, _use_new_zipfile_serialization=kind == "zip")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("zip", "is cut off: its zip directory at the end is missing."),
        ("legacy", "is damaged or cut off: torch.load cannot read it (unexpected EOF"),
        ("safetensors", "is a damaged or cut-off safetensors file ("),
    ],
)
def test_a_truncated_file(kind, message, tmp_path):
    path = tmp_path / "w.pth"
    data = saved(kind)
    path.write_bytes(data[: len(data) // 2])
    assert message in message_of(path)


@settings(max_examples=40, deadline=None)
@given(kind=st.sampled_from(["zip", "legacy", "safetensors"]), data=st.data())
def test_damage_anywhere_is_refused_or_seen_by_nobody(kind, data, tmp_path_factory):
    """Flipped bytes give an EncoderError or a dict, never another error."""
    path = tmp_path_factory.mktemp("damage") / "w.pth"
    content = bytearray(saved(kind))
    # most of the file is numbers; its beginning and end are structure
    for _ in range(data.draw(st.integers(1, 4))):
        near = data.draw(st.integers(0, 3000))
        content[data.draw(st.sampled_from([near, -1 - near]))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with contextlib.suppress(EncoderError):
        assert inspect_checkpoint(path).dim > 0


def test_limits(tmp_path):
    torch.save({str(n): torch.zeros(1) for n in range(11)}, tmp_path / "w.pth")
    with pytest.raises(EncoderError, match=r"should hold at most 10 tensors\. Found more\."):
        read_checkpoint(tmp_path / "w.pth", Limits(tensors=10))
    with pytest.raises(
        EncoderError, match=r"should unpack to at most 0\.0 GB\. Found 0\.0 GB\. Save only the backbone"
    ):
        read_checkpoint(tmp_path / "w.pth", Limits(file_bytes=100))


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path):
    with zipfile.ZipFile(tmp_path / "w.pth", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w/data.pkl", b"0" * 50_000_000)
    with pytest.raises(EncoderError, match=r"should unpack to at most 0\.0 GB\. Found 0\.1 GB"):
        read_checkpoint(tmp_path / "w.pth", Limits(file_bytes=10_000_000))


def test_a_tensor_that_claims_terabytes(tmp_path):
    torch.save({"a": torch.zeros(1).expand(10**6, 10**6)}, tmp_path / "w.pth")
    assert "claims a tensor of shape [1000000, 1000000], larger than the file may be." in message_of(tmp_path / "w.pth")


def test_a_safetensors_header_that_claims_terabytes(tmp_path):
    header = json.dumps({"a": {"dtype": "F32", "shape": [10**12], "data_offsets": [0, 4 * 10**12]}}).encode()
    (tmp_path / "w.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    assert "is a damaged or cut-off safetensors file" in message_of(tmp_path / "w.safetensors")
