import pytest
import torch
import torchvision

from qscore_core.encoders.networks.resnet import (
    CIFAR_STEM,
    NAMED_SHAPES,
    ResNet,
    ResNetShape,
    build_resnet,
)
from qscore_core.encoders.networks.resnet_inference import shape_of_state_dict


@pytest.mark.parametrize("name", NAMED_SHAPES)
def test_keys_and_shapes_are_torchvisions_and_tell_the_shape(name):
    with torch.device("meta"):
        theirs = getattr(torchvision.models, name)().state_dict()
        ours = ResNet(NAMED_SHAPES[name]).state_dict()
    backbone = {key: tensor for key, tensor in theirs.items() if not key.startswith("fc.")}
    assert {key: t.shape for key, t in ours.items()} == {key: t.shape for key, t in backbone.items()}
    assert shape_of_state_dict(backbone) == NAMED_SHAPES[name]
    assert NAMED_SHAPES[name].name == name


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        (ResNetShape("basic", (2, 2, 2, 2), stem=CIFAR_STEM), "resnet18-cifar-stem"),
        (ResNetShape("bottleneck", (3, 4, 6, 3), (128, 256, 512, 1024)), "resnet50-w2"),
        (ResNetShape("basic", (1, 1, 1, 1), (16, 32, 64, 512)), "resnet10-slim"),
        (ResNetShape("basic", (2, 2, 2, 2), (64, 128, 256, 1024)), "resnet18-custom"),
    ],
)
def test_unpublished_shapes_have_a_telling_name_and_are_inferred(shape, name):
    assert shape.name == name
    with torch.device("meta"):
        assert shape_of_state_dict(ResNet(shape).state_dict()).planes == shape.planes


def test_h_is_the_spatial_mean_of_the_last_map():
    network = build_resnet(ResNetShape("basic", (1, 1, 1, 1), (8, 8, 8, 16), stem=CIFAR_STEM, stem_planes=8), 0).eval()
    pixels = torch.rand(2, 3, 32, 32)
    maps = network.activation_maps(pixels)
    assert maps.shape == (2, 16, 4, 4)
    torch.testing.assert_close(network(pixels), maps.mean(dim=(2, 3)))


def test_a_seed_fixes_the_weights_and_leaves_the_callers_random_state_alone():
    shape = ResNetShape("basic", (1, 1, 1, 1), (8, 8, 8, 16))
    expected_next = torch.rand(1)
    torch.manual_seed(0)
    first = build_resnet(shape, 7)
    assert torch.equal(torch.rand(1), expected_next)
    second = build_resnet(shape, 7)
    assert torch.equal(first.conv1.weight, second.conv1.weight)
    assert not torch.equal(first.conv1.weight, build_resnet(shape, 8).conv1.weight)


@pytest.mark.parametrize(
    "wrong",
    [
        {"block": "dense"},
        {"depths": (2, 2, 2)},
        {"depths": (10**9, 1, 1, 1)},
        {"planes": (0, 1, 1, 1)},
        {"groups": 2},
    ],
)
def test_numbers_of_a_damaged_file_make_no_shape(wrong):
    with pytest.raises(ValueError):
        ResNetShape(**({"block": "basic", "depths": (2, 2, 2, 2)} | wrong))
