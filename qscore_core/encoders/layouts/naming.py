"""How codebases name the same tensors: what stands there tells the naming, rules turn it into the standard names.

Standard are torchvision's names for ResNets and timm's for Vision Transformers. Keys here stand behind their prefix.
"""

import re
from dataclasses import dataclass
from enum import Enum

Rules = tuple[tuple[str, str], ...]


class Family(Enum):
    """Kinds of networks that can be built."""

    RESNET = "ResNet"
    VIT = "Vision Transformer"


@dataclass(frozen=True)
class Naming:
    """A network is named so where all of `anchors` stand under one prefix; the first one takes the pixels.

    `rules` are regular expressions and their replacements, applied in order; `heads` begin what is no part of h. A stem
    can have lost its ReLU (`stem_relu`), which no tensor shows.
    """

    title: str
    family: Family
    anchors: tuple[str, ...]
    rules: Rules = ()
    heads: tuple[str, ...] = ()
    stem_relu: bool = True

    def standard(self, key: str) -> str:
        for pattern, replacement in self.rules:
            key = re.sub(pattern, replacement, key)
        return key


def _numbered(first_stage: int) -> Rules:
    """nn.Sequential's numbers: convolution, batch norm, perhaps ReLU and max-pool (no tensors), then the stages."""
    stages = tuple((rf"^{first_stage + i}\.(\d+\.\w+\.)", rf"layer{i + 1}.\1") for i in range(4))
    return ((r"^0\.", "conv1."), (r"^1\.", "bn1."), *stages, (r"\.shortcut\.", ".downsample."))


SEPARIUS = (
    (r"^net\.0\.0\.", "conv1."),
    (r"^net\.0\.1\.0\.", "bn1."),
    (r"^net\.(\d)\.blocks\.(\d+)\.", r"layer\1.\2."),
    (r"\.projection\.shortcut\.", ".downsample.0."),
    (r"\.projection\.bn\.0\.", ".downsample.1."),
    *((rf"\.net\.{2 * i}\.", f".conv{i + 1}.") for i in range(3)),
    *((rf"\.net\.{2 * i + 1}\.0\.", f".bn{i + 1}.") for i in range(3)),
)
TIMM = ((r"^register_tokens$", "reg_token"), (r"\.mlp\.w12\.", ".mlp.fc1."), (r"\.mlp\.w3\.", ".mlp.fc2."))
MM = (
    (r"^patch_embed\.projection\.", "patch_embed.proj."),
    (r"^layers\.(\d+)\.ln(\d)\.", r"blocks.\1.norm\2."),
    (r"^layers\.(\d+)\.ffn\.layers\.0\.0\.", r"blocks.\1.mlp.fc1."),
    (r"^layers\.(\d+)\.ffn\.layers\.1\.", r"blocks.\1.mlp.fc2."),
    (r"^layers\.", "blocks."),
    (r"^(ln1|norm1)\.", "norm."),
)

TORCHVISION = Naming(
    "torchvision",
    Family.RESNET,
    ("conv1.weight", "layer1.0.conv1.weight"),
    ((r"^(layer\d\.\d+)\.shortcut\.", r"\1.downsample."),),
    ("fc.", "linear."),
)
NAMINGS = (
    TORCHVISION,
    Naming("nn.Sequential", Family.RESNET, ("0.weight", "4.0.conv1.weight"), _numbered(4)),
    Naming(
        "lightly's CIFAR ResNet in nn.Sequential",
        Family.RESNET,
        ("0.weight", "2.0.conv1.weight"),
        _numbered(2),
        stem_relu=False,
    ),
    Naming("Separius' SimCLR", Family.RESNET, ("net.0.0.weight", "net.1.blocks.0.net.0.weight"), SEPARIUS, ("fc.",)),
    Naming(
        "timm Vision Transformer",
        Family.VIT,
        ("patch_embed.proj.weight", "cls_token", "blocks.0.attn.qkv.weight"),
        TIMM,
        ("head.", "mask_token"),
    ),
    Naming(
        "mmpretrain Vision Transformer",
        Family.VIT,
        ("patch_embed.projection.weight", "cls_token", "layers.0.attn.qkv.weight"),
        MM,
    ),
)
