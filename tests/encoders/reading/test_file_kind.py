import gzip
import io
import json
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
import torch
from PIL import Image

from qscore_core.encoders.reading import FileKind, kind_of, read_checkpoint
from qscore_core.errors import EncoderError


def message_of(path):
    with pytest.raises(EncoderError) as error:
        read_checkpoint(path)
    assert str(path) in str(error.value)
    return str(error.value)


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
        (
            lambda path: torch.save(torch.zeros(3), path),
            "should hold a dict of tensors. Found a single tensor. Save `network.state_dict()`.",
        ),
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


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "w.pth")
    assert "is a device or a pipe." in message_of(tmp_path / "w.pth")


def test_a_path_that_cannot_be(tmp_path):
    with pytest.raises(EncoderError, match="cannot be read: embedded null byte"):
        read_checkpoint(tmp_path / "a\0b")


def test_the_kind_alone(tmp_path):
    """Nothing behind the first bytes is read, so that a download can be judged while it runs."""
    whole = io.BytesIO()
    torch.save({"a": torch.ones(2)}, whole)
    (tmp_path / "w.pth").write_bytes(whole.getvalue()[:100])
    assert kind_of(tmp_path / "w.pth") is FileKind.TORCH_ZIP
    (tmp_path / "page.pth").write_text("<html>")
    with pytest.raises(EncoderError, match=r"page\.pth` is an HTML page saved instead of the file\."):
        kind_of(tmp_path / "page.pth")


def test_a_checkpoint_in_pieces(tmp_path):
    torch.save({"a": torch.ones(2)}, tmp_path / "model-00002-of-00003.bin")
    assert message_of(tmp_path / "model-00002-of-00003.bin").endswith(
        "is part 2 of 3 of a checkpoint that was saved in pieces. Load all of them with the program that wrote them "
        "and save its state dict as one file, with safetensors.torch.save_file or torch.save."
    )
    torch.save({"a": torch.ones(2)}, tmp_path / "model-00001-of-00001.bin")
    assert read_checkpoint(tmp_path / "model-00001-of-00001.bin").entries["a"].tolist() == [1, 1]


def test_the_index_of_a_checkpoint_in_pieces(tmp_path):
    pieces = {f"layer{number}": f"model-0000{number % 3 + 1}-of-00003.safetensors" for number in range(200)}
    path = tmp_path / "model.safetensors.index.json"
    path.write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": pieces}))
    message = message_of(path)
    assert "is the index of a checkpoint that was saved in pieces (such as model-0000" in message
    assert "Load all of them with the program that wrote them" in message
