"""ResNets with torchvision's key names, of any depth and width.

torchvision's own constructor covers the published shapes; the built-in encoders need narrower stages, a small stem and
a finer last map, which it does not offer. Block code comes from torchvision.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, Bottleneck

from qscore_core.encoders.networks.same_padding import pad_as_tensorflow

MAX_NUMBER = 65_536  # of planes and the like; ResNet-50 four times as wide has 2,048
MAX_BLOCKS = 1_000
SAME_PADDING = ("none", "pool", "all")
BLOCKS = {"basic": BasicBlock, "bottleneck": Bottleneck}


@dataclass(frozen=True)
class Stem:
    """First convolution: kernel, stride and padding; a ReLU and torchvision's 3x3 stride-2 max-pool behind it or not.

    lightly's CIFAR ResNet loses its stem's ReLU when nn.Sequential takes it apart.
    """

    kernel: int = 7
    stride: int = 2
    padding: int = 3
    pool: bool = True
    relu: bool = True


IMAGENET_STEM = Stem()
CIFAR_STEM = Stem(kernel=3, stride=1, padding=1, pool=False)


@dataclass(frozen=True)
class ResNetShape:
    """Everything that fixes a ResNet: blocks and planes per stage, stride of each stage, stem.

    `groups` and `group_width` (torchvision's `width_per_group`) are those of ResNeXt and Wide ResNet bottlenecks;
    `same` says which layers pad as TensorFlow does: `none`, the max-`pool` (SimCLR) or `all` (BYOL).
    """

    block: str
    depths: tuple[int, int, int, int]
    planes: tuple[int, int, int, int] = (64, 128, 256, 512)
    strides: tuple[int, int, int, int] = (1, 2, 2, 2)
    stem: Stem = IMAGENET_STEM
    stem_planes: int = 64
    groups: int = 1
    group_width: int = 64
    same: str = "none"

    def __post_init__(self) -> None:
        """Raises ValueError for numbers that no network has; they may come from a damaged file."""
        per_stage = (self.depths, self.planes, self.strides)
        numbers = (*sum(per_stage, ()), self.stem_planes, self.groups, self.group_width)
        if self.block not in BLOCKS or any(len(numbers) != 4 for numbers in per_stage):
            raise ValueError(f"block `{self.block}` with stages {per_stage}")
        if not all(isinstance(number, int) and 0 < number <= MAX_NUMBER for number in numbers):
            raise ValueError(f"a number outside 1 to {MAX_NUMBER:,} in {numbers}")
        if sum(self.depths) > MAX_BLOCKS or min(self.planes) * self.group_width < 64:
            raise ValueError(f"depths {self.depths} with planes {self.planes}")
        if self.block == "basic" and (self.groups, self.group_width) != (1, 64):
            raise ValueError("grouped convolutions in basic blocks")
        if self.same not in SAME_PADDING:
            raise ValueError(f"padding `{self.same}`")

    @property
    def dim(self) -> int:
        """Length r of the representation."""
        return self.planes[3] * BLOCKS[self.block].expansion

    @property
    def name(self) -> str:
        """`resnet50`, `resnet18-cifar-stem`, `resnet50-w2` (twice the planes), `-slim` or `-custom` (other planes)."""
        suffix = "-cifar-stem" if replace(self.stem, padding=1, relu=True) == CIFAR_STEM else ""
        for name, named in NAMED_SHAPES.items():
            if _body(named) == _body(self):
                return name + suffix
        layers = sum(self.depths) * (2 if self.block == "basic" else 3) + 2
        return f"resnet{layers}{_width_suffix(self)}{suffix}"

    def build(self) -> "ResNet":
        return ResNet(self)


PLANES = (64, 128, 256, 512)

NAMED_SHAPES = {
    "resnet18": ResNetShape("basic", (2, 2, 2, 2)),
    "resnet34": ResNetShape("basic", (3, 4, 6, 3)),
    "resnet50": ResNetShape("bottleneck", (3, 4, 6, 3)),
    "resnet101": ResNetShape("bottleneck", (3, 4, 23, 3)),
    "resnet152": ResNetShape("bottleneck", (3, 8, 36, 3)),
    "wide_resnet50_2": ResNetShape("bottleneck", (3, 4, 6, 3), group_width=128),
    "wide_resnet101_2": ResNetShape("bottleneck", (3, 4, 23, 3), group_width=128),
    "resnext50_32x4d": ResNetShape("bottleneck", (3, 4, 6, 3), groups=32, group_width=4),
    "resnext101_32x8d": ResNetShape("bottleneck", (3, 4, 23, 3), groups=32, group_width=8),
    "resnext101_64x4d": ResNetShape("bottleneck", (3, 4, 23, 3), groups=64, group_width=4),
}


def _body(shape: ResNetShape) -> tuple[object, ...]:
    return shape.block, shape.depths, shape.planes, shape.groups, shape.group_width


def _width_suffix(shape: ResNetShape) -> str:
    factor = shape.planes[0] // PLANES[0]
    if (shape.groups, shape.group_width) == (1, 64) and factor and shape.planes == tuple(factor * p for p in PLANES):
        return f"-w{factor}" if factor > 1 else ""
    return "-slim" if sum(shape.planes) < sum(PLANES) else "-custom"


class ResNet(nn.Module):
    """`forward(pixels [image, 3, height, width]) -> h [image, dim]`: the pooled output of layer4, no classifier."""

    def __init__(self, shape: ResNetShape) -> None:
        super().__init__()
        self.shape = shape
        stem = shape.stem
        self.conv1 = nn.Conv2d(3, shape.stem_planes, stem.kernel, stem.stride, stem.padding, bias=False)
        self.bn1 = nn.BatchNorm2d(shape.stem_planes)
        self.relu = nn.ReLU(inplace=True) if stem.relu else nn.Identity()
        self.maxpool = nn.MaxPool2d(3, 2, 1) if stem.pool else nn.Identity()
        channels = shape.stem_planes
        for stage in range(4):
            layer, channels = _stage(shape, stage, channels)
            self.add_module(f"layer{stage + 1}", layer)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        if shape.same != "none":
            pad_as_tensorflow(self, convolutions=shape.same == "all")
        _initialize(self)

    def activation_maps(self, pixels: Tensor) -> Tensor:
        """Output of layer4, [image, dim, map height, map width]; its spatial mean is h."""
        x = self.maxpool(self.relu(self.bn1(self.conv1(pixels))))
        for stage in (self.layer1, self.layer2, self.layer3, self.layer4):
            x = stage(x)
        return x

    def forward(self, pixels: Tensor) -> Tensor:
        return self.avgpool(self.activation_maps(pixels)).flatten(1)


def _stage(shape: ResNetShape, stage: int, channels: int) -> tuple[nn.Sequential, int]:
    block = BLOCKS[shape.block]
    planes, stride = shape.planes[stage], shape.strides[stage]
    out = planes * block.expansion
    blocks = []
    for index in range(shape.depths[stage]):
        first = index == 0
        downsample = None
        if first and (stride != 1 or channels != out):
            downsample = nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))
        blocks.append(
            block(channels, planes, stride if first else 1, downsample, shape.groups, base_width=shape.group_width)
        )
        channels = out
    return nn.Sequential(*blocks), channels


def _initialize(network: nn.Module) -> None:
    # torchvision's scheme, so that an untrained network here is the untrained network people know
    for module in network.modules():
        # on "meta" there are no numbers to draw, and torch takes milliseconds a layer to find that out
        if isinstance(module, nn.Conv2d) and not module.weight.is_meta:
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


def build_resnet(shape: ResNetShape, seed: int | None = None) -> ResNet:
    """A ResNet; with a `seed` its random weights do not depend on what ran before, and disturb nothing after."""
    if seed is None:
        return ResNet(shape)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return ResNet(shape)
