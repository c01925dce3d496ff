"""Small known networks, and the heads that codebases put beside them."""

import copy
from itertools import pairwise

import timm
import torch
from torch import nn
from torchvision.models import ResNet
from torchvision.models.resnet import BasicBlock, Bottleneck

PLANES = (8, 16, 24, 32)


class Slim(ResNet):
    """torchvision's ResNet, built by its own code with few planes; `stem` are kernel, stride and padding."""

    def __init__(self, block=BasicBlock, depths=(1, 1, 1, 1), classes=10, stem=(7, 2, 3)):
        with torch.device("meta"):
            super().__init__(block, list(depths))
        self.inplanes = PLANES[0]
        self.conv1 = nn.Conv2d(3, PLANES[0], *stem, bias=False)
        self.bn1 = nn.BatchNorm2d(PLANES[0])
        for stage, planes in enumerate(PLANES):
            stride = 1 if stage == 0 else 2
            setattr(self, f"layer{stage + 1}", self._make_layer(block, planes, depths[stage], stride))
        self.fc = nn.Linear(PLANES[3] * block.expansion, classes) if classes else nn.Identity()
        if stem[0] == 3:
            self.maxpool = nn.Identity()


def slim(seed=0, **how):
    torch.manual_seed(seed)
    return lively(Slim(**how))


def slim50(seed=0, **how):
    return slim(seed, block=Bottleneck, **how)


def lively(network):
    """Eval mode, and norms that did something, so that swapped or forgotten statistics would show."""
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.1, 0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d | nn.LayerNorm) and module.weight is not None:
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.1, 0.1)
    return network.eval()


def follower(network, seed=1):
    """A network of the same kind with other weights: a momentum encoder."""
    torch.manual_seed(seed)
    other = copy.deepcopy(network)
    for tensor in other.state_dict().values():
        if tensor.is_floating_point():
            tensor.mul_(torch.empty_like(tensor).uniform_(0.8, 1.2))
    return other


def vit(seed=0, *, side=32, patch=8, dim=192, heads=3, depth=2, **how):
    torch.manual_seed(seed)
    network = timm.models.VisionTransformer(
        img_size=side, patch_size=patch, embed_dim=dim, num_heads=heads, depth=depth, num_classes=0, **how
    )
    for name, tensor in network.named_parameters():
        if "token" in name or "pos_embed" in name or name.endswith(("gamma", "bias")):
            nn.init.uniform_(tensor, -0.5, 0.5)
    return lively(network)


def layers(*sizes, norm=True, bias=True, last=None):
    """Linear layers with batch norm and ReLU between them; `last` is a module behind the last one."""
    modules = []
    for index, (wide, narrow) in enumerate(pairwise(sizes)):
        final = index == len(sizes) - 2
        modules.append(nn.Linear(wide, narrow, bias=bias or final))
        if not final:
            modules += [nn.BatchNorm1d(narrow)] if norm else []
            modules.append(nn.ReLU())
    return lively(nn.Sequential(*modules, *([last] if last else [])))


def under(prefix, module_or_state, *without):
    """A state dict whose keys stand under a prefix, without those that begin with one of `without`."""
    state = module_or_state.state_dict() if isinstance(module_or_state, nn.Module) else module_or_state
    return {prefix + key: tensor for key, tensor in state.items() if not key.startswith(without or ("\0",))}


def h_of(network, pixels):
    """The representation: a ResNet's pooled maps, a ViT's normed class token."""
    network = copy.deepcopy(network).eval()
    if isinstance(network, ResNet):
        network.fc = nn.Identity()
    with torch.inference_mode():
        return network.to(memory_format=torch.channels_last)(pixels).flatten(1)
