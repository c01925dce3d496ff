"""Layers that pad as TensorFlow, against its rule written out with F.pad."""

import pytest
import torch
from torch.nn.functional import conv2d, max_pool2d, pad

from qscore_core.encoders.networks.resnet import ResNetShape, build_resnet

SHAPE = {"block": "bottleneck", "depths": (1, 1, 1, 1), "planes": (8, 8, 8, 16), "stem_planes": 8}


def sides(size, kernel, stride):
    """As many outputs as ceil(size / stride); of the padding that this takes, the smaller half comes first."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


@pytest.mark.parametrize("size", [32, 33, 34, 37])
def test_the_max_pool(size):
    network = build_resnet(ResNetShape(**SHAPE, same="pool"), 0)
    maps = torch.randn(2, 3, size, size)
    expected = max_pool2d(pad(maps, sides(size, 3, 2) * 2, value=-torch.inf), 3, 2)
    assert torch.equal(network.maxpool(maps), expected)
    if size % 2 == 0:
        assert sides(size, 3, 2) == (0, 1)
        assert not torch.equal(expected, max_pool2d(maps, 3, 2, 1))


@pytest.mark.parametrize("size", [32, 33])
def test_strided_convolutions(size):
    network = build_resnet(ResNetShape(**SHAPE, same="all"), 0)
    pixels = torch.randn(1, 3, size, size)
    expected = conv2d(pad(pixels, sides(size, 7, 2) * 2), network.conv1.weight, stride=2)
    torch.testing.assert_close(network.conv1(pixels), expected)
    inner = network.layer2[0].conv2
    maps = torch.randn(1, 8, size, size)
    torch.testing.assert_close(inner(maps), conv2d(pad(maps, sides(size, 3, 2) * 2), inner.weight, stride=2))


@pytest.mark.parametrize("same", ["pool", "all"])
def test_names_and_the_rest_stay(same):
    plain, padded = build_resnet(ResNetShape(**SHAPE), 0), build_resnet(ResNetShape(**SHAPE, same=same), 0)
    assert plain.state_dict().keys() == padded.state_dict().keys()
    assert type(padded.layer1[0].conv1) is torch.nn.Conv2d
    assert type(padded.conv1) is (torch.nn.Conv2d if same == "pool" else type(padded.layer1[0].conv2))


def test_an_unknown_padding():
    with pytest.raises(ValueError, match="padding `some`"):
        ResNetShape(**SHAPE, same="some")
