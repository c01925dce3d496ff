import pytest
import safetensors.torch
import torch
import torchvision
from encoder_files import SMALL, SMALL_CIFAR, small_weights
from hypothesis import given, settings
from hypothesis import strategies as st

from qscore_core.encoders import load_encoder
from qscore_core.encoders.strict import COUNTER, compare_keys
from qscore_core.errors import EncoderError


def message_of(content, tmp_path, workspace, options=""):
    torch.save(content, tmp_path / "w.pth")
    with pytest.raises(EncoderError) as error:
        load_encoder(f"file:{tmp_path}/w.pth{options}", workspace=workspace)
    return str(error.value)


def without(state, *keys):
    return {key: tensor for key, tensor in state.items() if key not in keys}


def test_a_missing_tensor_is_named(tmp_path, workspace):
    message = message_of(without(small_weights(), "layer3.0.bn2.weight"), tmp_path, workspace)
    assert message == (
        f"Encoder file `{tmp_path}/w.pth` does not fill a resnet10-slim exactly, so nothing was loaded. "
        "1 missing: layer3.0.bn2.weight. The file may be cut off or hold only a part of the network."
    )


def test_an_unexpected_tensor_is_named(tmp_path, workspace):
    message = message_of(small_weights() | {"layer1.0.se.fc1.weight": torch.zeros(1)}, tmp_path, workspace)
    assert "1 unexpected: layer1.0.se.fc1.weight. This looks like a network with squeeze-and-excitation" in message


def test_a_tensor_of_another_shape_is_named_with_both(tmp_path, workspace):
    message = message_of(small_weights() | {"layer4.0.bn2.bias": torch.zeros(7)}, tmp_path, workspace)
    assert "1 with another shape: layer4.0.bn2.bias (found [7], expected [32])." in message


def test_a_cifar_stem_asked_for_where_there_is_none(tmp_path, workspace):
    message = message_of(small_weights(SMALL), tmp_path, workspace, "?stem=cifar")
    assert "conv1.weight (found [8, 3, 7, 7], expected [8, 3, 3, 3])" in message
    assert "The file looks like a resnet10-slim: leave `arch=` and `stem=` out of the reference." in message


def test_a_stage_without_its_first_block(tmp_path, workspace):
    message = message_of(without(small_weights(), "layer4.0.conv2.weight"), tmp_path, workspace)
    assert "begins like a ResNet but `layer4.0.conv2.weight` is missing. Expected the four stages of one of" in message


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (torch.full((8,), float("nan")), "has NaN or infinite weights in `bn1.bias`: its training diverged."),
        (torch.zeros(8, dtype=torch.int8), "should hold floating-point weights. Found torch.int8 in `bn1.bias`."),
    ],
)
def test_weights_that_are_no_numbers(value, message, tmp_path, workspace):
    assert message in message_of(small_weights() | {"bn1.bias": value}, tmp_path, workspace)


@settings(max_examples=30)
@given(st.data())
def test_no_subset_of_the_keys_fits(data):
    state = small_weights(SMALL_CIFAR)
    needed = [key for key in state if not key.endswith(COUNTER)]
    lost = data.draw(st.sets(st.sampled_from(needed), min_size=1))
    report = compare_keys(without(state, *lost), SMALL_CIFAR)
    assert not report.fits
    assert set(report.missing) == lost


def vit():
    with torch.device("cpu"):
        return torchvision.models.VisionTransformer(32, 16, 1, 1, 8, 8).state_dict()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            vit(),
            "It looks like a Vision Transformer (`conv_proj.weight`) whose other keys are neither timm's nor DINO's.",
        ),
        (
            {"a": {"b": {"c": {"d": {"e": {"f": small_weights()}}}}}},
            "A ResNet stands under the prefix `a.b.c.d.e.f.`, too deep in the file. Save that part alone.",
        ),
        (
            {"layer1.0.conv1.weight": torch.zeros(1), "conv1.0.weight": torch.zeros(8, 3, 3, 3)},
            "Its stem of three convolutions is not supported.",
        ),
        (
            torch.optim.AdamW([torch.zeros(2, requires_grad=True)]).state_dict(),
            "It holds no tensors; its entries are `state`, `param_groups`.",
        ),
        (
            {"state": {0: {"exp_avg": torch.zeros(2)}}, "param_groups": []},
            "These are optimizer states (`state.0.exp_avg`), not the weights of a network.",
        ),
        (
            {"fc.weight": torch.zeros(2, 3)},
            "It has no convolution, so it may be only a head: 1 tensors such as `fc.weight`.",
        ),
        (
            {"conv1.weight": torch.zeros(8, 1, 3, 3), "layer1.0.conv1.weight": torch.zeros(1)},
            "takes 1 channels; expected 3",
        ),
        (
            {"layer1.0.conv1.weight": torch.zeros(1)},
            "It has ResNet blocks, but no first convolution `conv1.weight` beside",
        ),
        (
            {"features.0.weight": torch.zeros(8, 3, 3, 3)},
            "It looks like another network: 1 tensors such as `features.0",
        ),
        ({}, "It holds no tensors; its entries are none."),
    ],
)
def test_other_content_gets_the_nearest_explanation(content, message, tmp_path, workspace):
    found = message_of(content, tmp_path, workspace)
    assert found.startswith(f"Encoder file `{tmp_path}/w.pth` holds no encoder in a known layout. ")
    assert message in found


def test_an_empty_safetensors_file(tmp_path, workspace):
    safetensors.torch.save_file({}, tmp_path / "w.safetensors")
    with pytest.raises(EncoderError, match="It holds no tensors; its entries are none"):
        load_encoder(f"file:{tmp_path}/w.safetensors", workspace=workspace)
