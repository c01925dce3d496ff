"""Encoder files for tests: small networks, written the way other programs write them."""

import torch
import torchvision
from torch import nn

from qscore_core.encoders import save_encoder
from qscore_core.encoders.networks.resnet import CIFAR_STEM, ResNetShape, build_resnet
from qscore_core.encoders.transform import Transform

SMALL = ResNetShape("basic", (1, 1, 1, 1), (8, 16, 24, 32), stem_planes=8)
SMALL_CIFAR = ResNetShape("basic", (1, 1, 1, 1), (8, 16, 24, 32), stem=CIFAR_STEM, stem_planes=8)
OWN_TRANSFORM = Transform(48, 40, (0.5, 0.4, 0.3), (0.2, 0.3, 0.4), "bicubic")


def small_weights(shape=SMALL, seed=0):
    return build_resnet(shape, seed).state_dict()


def torchvision_network(name, seed=0):
    """A torchvision ResNet in eval mode whose batch norms did something, so that swapped statistics would show."""
    torch.manual_seed(seed)
    network = getattr(torchvision.models, name)(num_classes=5)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.1, 0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
    return network.eval()


def own_file(path, shape=SMALL, *, record=None, dtype=torch.float16, seed=0):
    save_encoder(path, build_resnet(shape, seed), shape, OWN_TRANSFORM, "simclr", record or {}, dtype=dtype)
    return path
