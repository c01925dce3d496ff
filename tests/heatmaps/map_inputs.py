"""What the tests of heat maps share: encoders made in memory, and pictures for them."""

import torch
from small_inputs import SHAPE, TRANSFORM
from torch import nn

from qscore_core.encoders.assemble import Weights, assemble
from qscore_core.encoders.encoder import Encoder
from qscore_core.encoders.networks.resnet import NAMED_SHAPES, build_resnet

DIM = SHAPE.dim


def resnet_encoder(shape=SHAPE):
    """Random weights of a shape, or of a named one."""
    shape = NAMED_SHAPES.get(shape, shape) if isinstance(shape, str) else shape
    weights = Weights(build_resnet(shape, 0).state_dict(), shape, TRANSFORM, "untrained", "test")
    return assemble("file:small.safetensors", weights, "cpu")


class Patches(nn.Module):
    """As a ViT: patches, attention, mean over tokens; no stages of maps, no ReLU, signed features."""

    def __init__(self, dim=16, patch=6):
        super().__init__()
        self.embed = nn.Conv2d(3, dim, patch, patch)
        self.block = nn.TransformerEncoderLayer(dim, 2, 32, batch_first=True, activation="gelu")

    def forward(self, pixels):
        return self.block(self.embed(pixels).flatten(2).transpose(1, 2)).mean(1)


def patch_encoder():
    return Encoder("file:vit.safetensors", Patches().eval(), "vit_tiny", "test", 16, TRANSFORM, "0", "test")


def pictures(count=2, side=24, seed=1):
    return torch.randn(count, 3, side, side, generator=torch.Generator().manual_seed(seed))


def hooks_on(module):
    """Number of hooks of every kind in a network."""
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(part, kind)) for part in module.modules() for kind in kinds)
