import argparse
import contextlib
import functools
import io
import struct

import numpy as np
import pytest
import safetensors.torch
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from raw_files import called, legacy_file, named, program, storages, tensor, zip_file, zipped
from torch import nn

from qscore_core.encoders.reading import Content, Inert, Limits, read_checkpoint
from qscore_core.errors import EncoderError

LEGACY = pytest.mark.parametrize("legacy", [False, True], ids=["zip", "legacy"])


def read(content, path, *, legacy=False, **how):
    torch.save(content, path, _use_new_zipfile_serialization=not legacy, **how)
    return read_checkpoint(path)


def message_of(path, limits=None):
    with pytest.raises(EncoderError) as error:
        read_checkpoint(path, limits)
    return str(error.value).removeprefix(f"Encoder file `{path}` ")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "w.pth"


@pytest.fixture
def network():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))


def assert_same(found, expected):
    assert list(found) == list(expected)
    for key, tensor_ in expected.items():
        assert torch.equal(found[key], tensor_)
        assert type(found[key]) is torch.Tensor
        assert not found[key].requires_grad


@LEGACY
def test_plain_values_come_as_they_are(legacy, network, path):
    plain = {"epoch": 3, "lr": 0.1, "best": True, "none": None, "list": [1, (2, "three")], "nested": {0: {"a": "b"}}}
    found = read({**plain, "state_dict": network.state_dict()}, path, legacy=legacy)
    assert_same(found.entries.pop("state_dict"), network.state_dict())
    assert (found.entries, found.reader, found.refused) == (plain, "weights_only", ())


def test_safetensors(network, path):
    path.write_bytes(safetensors.torch.save(network.state_dict()))
    found = read_checkpoint(path)
    assert (found.reader, found.refused) == ("safetensors", ())
    assert_same({key: found.entries[key] for key in network.state_dict()}, network.state_dict())


@LEGACY
def test_parameters_views_and_shared_numbers(legacy, path):
    whole = torch.arange(12.0).reshape(3, 4)
    content = {"p": nn.Parameter(whole.clone()), "view": whole[1:, ::2], "turned": whole.T, "scalar": torch.tensor(2.5)}
    assert_same(read(content, path, legacy=legacy).entries, content)


@LEGACY
@pytest.mark.parametrize(
    "dtype", ["float16", "bfloat16", "float64", "int64", "int32", "int16", "int8", "uint8", "bool"]
)
def test_every_kind_of_number(legacy, dtype, path):
    content = {"a": torch.tensor([0, 1, 3]).to(getattr(torch, dtype))}
    assert_same(read(content, path, legacy=legacy).entries, content)
    # the inert reader has a list of its own
    assert_same({"a": read({**content, "x": argparse.Namespace()}, path, legacy=legacy).entries["a"]}, content)


@LEGACY
def test_tensors_with_attributes(legacy, path):
    """DINOv2's files have them."""
    weight = torch.ones(3)
    weight.is_shared_with = "nobody"
    found = read({"w": weight}, path, legacy=legacy)
    assert found.reader == "weights_only"
    assert not hasattr(found.entries["w"], "is_shared_with")
    assert found.entries["w"].tolist() == [1, 1, 1]


@LEGACY
def test_other_values_become_text_or_inert(legacy, path):
    content = {
        "dtype": torch.float16,
        "device": torch.device("cuda", 1),
        "size": torch.Size([2, 3]),
        "set": {"b", "a"},
        "bytes": b"xx",
        "complex": 1j,
    }
    found = read(content, path, legacy=legacy).entries
    assert (found["dtype"], found["device"], found["size"]) == ("torch.float16", "cuda:1", (2, 3))
    assert found["set"] == ("a", "b")
    assert isinstance(found["bytes"], Inert)
    assert isinstance(found["complex"], Inert)


@LEGACY
def test_a_full_dino_checkpoint(legacy, network, path):
    """Two networks, an optimizer whose learning rate is a numpy scalar, and the command's arguments."""
    optimizer = torch.optim.AdamW(network.parameters())
    network(torch.ones(1, 3, 4, 4)).sum().backward()
    optimizer.step()
    optimizer.param_groups[0]["lr"] = np.float64(0.25)
    content = {
        "student": network.state_dict(),
        "teacher": network.state_dict(),
        "optimizer": optimizer.state_dict(),
        "epoch": np.int64(7),
        "args": argparse.Namespace(arch="resnet50", patch_size=16),
    }
    found = read(content, path, legacy=legacy)
    assert (found.reader, found.refused) == ("inert", ("argparse.Namespace",))
    assert_same(found.entries["teacher"], network.state_dict())
    assert found.entries["optimizer"]["param_groups"][0]["lr"] == 0.25
    assert found.entries["epoch"] == 7
    assert found.entries["args"].name == "argparse.Namespace"
    assert torch.equal(found.entries["optimizer"]["state"][0]["exp_avg"], optimizer.state_dict()["state"][0]["exp_avg"])


class StaticRate:
    """Stands for what solo-learn keeps of its schedule."""

    def rate(self):
        """Pickled as getattr(StaticRate(), "rate")."""


@LEGACY
def test_a_simsiam_checkpoint_of_solo_learn(legacy, network, path):
    rates = [functools.partial(StaticRate().rate, 1), StaticRate()]
    content = {"state_dict": network.state_dict(), "lr_schedulers": rates, "epoch": 4}
    found = read(content, path, legacy=legacy)
    assert found.reader == "inert"
    assert found.refused == ("functools.partial", "__builtin__.getattr", "test_safe_reader.StaticRate")
    assert_same(found.entries["state_dict"], network.state_dict())
    assert [rate.name for rate in found.entries["lr_schedulers"]] == [
        "functools.partial",
        "test_safe_reader.StaticRate",
    ]


@LEGACY
def test_a_whole_module_is_inert(legacy, network, path):
    torch.save(network, path, _use_new_zipfile_serialization=not legacy)
    assert message_of(path) == (
        "should hold a dict of tensors. Found a value of type `torch.nn.modules.container.Sequential`. "
        "Save `network.state_dict()`."
    )
    found = read({"net": network, "state_dict": network.state_dict()}, path, legacy=legacy)
    assert isinstance(found.entries["net"], Inert)
    assert_same(found.entries["state_dict"], network.state_dict())


@pytest.mark.parametrize("module", ["numpy.core.multiarray", "numpy._core.multiarray"])
@pytest.mark.parametrize("write", [zip_file, functools.partial(legacy_file, records={})], ids=["zip", "legacy"])
@pytest.mark.parametrize(("code", "value"), [("f8", 0.1), ("f4", 0.5), ("i8", -3), ("u1", 200), ("b1", True)])
def test_numbers_of_numpy_1_and_2(module, write, code, value, path):
    kind = called(named("numpy", "dtype"), code, False, True)
    data = np.array(value, code).tobytes().decode("latin1")
    scalar = called(named(module, "scalar"), kind, called(named("_codecs", "encode"), data, "latin1"))
    path.write_bytes(write(program({"lr": scalar})))
    found = read_checkpoint(path)
    assert (found.entries, found.refused, found.reader) == ({"lr": value}, (), "inert")


@pytest.mark.parametrize("protocol", [3, 4, 5])
@LEGACY
def test_newer_pickle_protocols(protocol, legacy, network, path):
    content = {"state_dict": dict(network.state_dict()), "lr": np.float32(0.5), "tags": {"a"}}
    found = read(content, path, legacy=legacy, pickle_protocol=protocol)
    assert found.reader == "inert"
    assert_same(found.entries["state_dict"], network.state_dict())
    assert found.entries["lr"] == 0.5


def test_another_byte_order(path):
    entries = {"data.pkl": program({"a": tensor()}), "version": b"3\n"}
    numbers = [1.0, -2.0, 3.5, 0.0]
    path.write_bytes(zipped({**entries, **storages({"0": struct.pack(">4f", *numbers)}), "byteorder": b"big"}))
    assert read_checkpoint(path).entries["a"].tolist() == numbers


def test_the_file_and_not_its_name_decides(tmp_path):
    found = read({"a": torch.ones(2)}, tmp_path / "w.safetensors")
    assert found.reader == "weights_only"


def test_names_that_steer_a_terminal_are_spelt_out(path):
    path.write_bytes(zip_file(program({"a\x1b[2J": named("evil\x1b[2J", "thing")})))
    found = read_checkpoint(path)
    assert found.refused == (r"evil\x1b[2J.thing",)
    assert list(found.entries) == [r"a\x1b[2J"]


def test_attributes_that_would_change_a_tensor_are_refused(path):
    rebuild = named("torch._tensor", "_rebuild_from_type_v2")
    inner = (named("torch._utils", "_rebuild_parameter"), named("torch", "Tensor"), (tensor(), False, {}), {"data": 1})
    path.write_bytes(zip_file(program({"a": called(rebuild, *inner)})))
    found = read_checkpoint(path)
    assert found.refused == ("torch._tensor._rebuild_from_type_v2",)
    assert found.entries["a"].tolist() == [0, 0, 0, 0]


def test_a_message_does_not_steer_a_terminal_either(path):
    path.write_bytes(zip_file(program({"a": tensor(key="\x1b[2J")})))
    assert r"for storage `\x1b[2J`" in message_of(path)


def test_limits(path):
    torch.save({str(number): torch.zeros(1) for number in range(11)}, path)
    assert message_of(path, Limits(tensors=10)) == "should hold at most 10 tensors. Found more."
    assert message_of(path, Limits(file_bytes=100)) == (
        "should have at most 0.0 GB. Found 0.0 GB. Save only the backbone's weights."
    )
    assert "asks for" in message_of(path, Limits(pickle_bytes=100))
    assert message_of(path, Limits(header_bytes=100)).startswith("should hold at most 20,000 tensors. Found a zip")
    assert message_of(path, Limits(depth=0)).startswith("should be nested at most 0 deep")


def test_a_message_says_what_to_do(path):
    path.write_bytes(zip_file(program({"a": tensor(shape=(10**6, 10**6), stride=(0, 0))})))
    assert message_of(path) == (
        "claims tensors (one of shape [1000000, 1000000]) of more bytes than the file may have. "
        "It is damaged or hostile."
    )


@functools.cache
def saved(kind):
    state = {"conv1.weight": torch.rand(4, 3, 3, 3), "bn1.weight": torch.rand(4)}
    content = {"epoch": 1, "state_dict": state, "args": argparse.Namespace() if "inert" in kind else None}
    if kind == "safetensors":
        return safetensors.torch.save(state)
    buffer = io.BytesIO()
    torch.save(content, buffer, _use_new_zipfile_serialization="legacy" not in kind)
    return buffer.getvalue()


@settings(max_examples=80)
@given(kind=st.sampled_from(["zip", "legacy", "inert zip", "inert legacy", "safetensors"]), data=st.data())
def test_damage_anywhere_is_refused_or_changes_only_values(kind, data, tmp_path_factory):
    """Wrong bytes give an EncoderError or a Content, never another error."""
    path = tmp_path_factory.mktemp("damage") / "w.pth"
    content = bytearray(saved(kind))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with contextlib.suppress(EncoderError):
        assert isinstance(read_checkpoint(path), Content)
