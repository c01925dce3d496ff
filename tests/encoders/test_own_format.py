import json

import pytest
import safetensors.torch
import torch
from encoder_files import OWN_TRANSFORM, SMALL_CIFAR, own_file, small_weights

from qscore_core.encoders import load_encoder, read_own_metadata
from qscore_core.encoders.own_format import HEADER_KEY, OwnMetadata
from qscore_core.errors import EncoderError


def test_what_is_written_comes_back(tmp_path, workspace):
    path = own_file(tmp_path / "e.safetensors", SMALL_CIFAR, record={"epochs": 3, "note": "é"}, dtype=torch.float32)
    assert read_own_metadata(path) == OwnMetadata(SMALL_CIFAR, OWN_TRANSFORM, "simclr", {"epochs": 3, "note": "é"})
    module = load_encoder(f"file:{path}", workspace=workspace).module
    for key, tensor in small_weights(SMALL_CIFAR).items():
        assert torch.equal(module.state_dict()[key], tensor), key


def test_half_precision_halves_convolutions_and_spares_batch_norm(tmp_path):
    tensors = safetensors.torch.load_file(own_file(tmp_path / "e.safetensors"))
    assert tensors["layer1.0.conv1.weight"].dtype == torch.float16
    assert tensors["layer1.0.bn1.running_var"].dtype == torch.float32


def test_the_same_encoder_gives_the_same_bytes(tmp_path):
    first, second = (own_file(tmp_path / name, record={"b": 1, "a": 2}) for name in ("a.safetensors", "b.safetensors"))
    assert first.read_bytes() == second.read_bytes()


def test_other_files_have_no_header(tmp_path):
    safetensors.torch.save_file(small_weights(), tmp_path / "e.safetensors")
    torch.save(small_weights(), tmp_path / "e.pth")
    for name in ("e.safetensors", "e.pth", "absent"):
        assert read_own_metadata(tmp_path / name) is None


GOOD = {
    "format": 1,
    "method": "simclr",
    "record": {},
    "shape": {"block": "basic", "depths": [1, 1, 1, 1], "planes": [8, 16, 24, 32], "stem": {}},
    "transform": {"resize": 8, "crop": 8},
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "has format 2; this version reads format 1. Update Q-Score Lab to read it."),
        ({"shape": {}}, "has a damaged `qscore` header (KeyError('stem')). Train or export it again."),
        ({"shape": GOOD["shape"] | {"depths": [10**9, 1, 1, 1]}}, "has a damaged `qscore` header (ValueError("),
        ({"transform": {"resize": 10**9, "crop": 8}}, "has a damaged `qscore` header (ValueError("),
        ({"transform": {"resize": 8, "crop": 8, "std": [0, 1, 1]}}, "has a damaged `qscore` header (ValueError("),
        ({"transform": []}, "has a damaged `qscore` header ("),
    ],
)
def test_a_damaged_header(change, message, tmp_path):
    path = tmp_path / "e.safetensors"
    safetensors.torch.save_file(small_weights(), path, {HEADER_KEY: json.dumps(GOOD | change)})
    with pytest.raises(EncoderError) as error:
        read_own_metadata(path)
    assert message in str(error.value)


def test_a_header_for_another_network_loads_nothing(tmp_path, workspace):
    path = tmp_path / "e.safetensors"
    other = GOOD["shape"] | {"planes": [8, 16, 24, 40], "stem_planes": 8}
    safetensors.torch.save_file(small_weights(), path, {HEADER_KEY: json.dumps(GOOD | {"shape": other})})
    with pytest.raises(EncoderError, match="does not fill a resnet10-slim exactly, so nothing was loaded"):
        load_encoder(f"file:{path}", workspace=workspace)
