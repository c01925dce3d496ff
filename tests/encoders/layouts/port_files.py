"""Files of SimCLR and BYOL outside TensorFlow and JAX, as their converters and re-trainings save them."""

import argparse
import re

import torch
from slim_networks import follower, layers, slim, slim50, under
from torch import nn
from torch.nn.functional import pad
from torchvision.models.resnet import Bottleneck
from written import Written


def tonylins():
    """Its blocks register `downsample` first, so the file has it before the convolutions."""
    network = slim50()
    state = network.state_dict()
    ordered = {}
    for key, tensor in state.items():
        block = re.match(r"layer\d\.\d+\.", key)
        for early in [other for other in state if block and other.startswith(f"{block.group()}downsample")]:
            ordered.setdefault(early, state[early])
        ordered.setdefault(key, tensor)
    content = {"state_dict": ordered}
    return Written(content, network, "SimCLR v1 converted by tonylins", "simclr", preset="tonylins")


class Projection(nn.Module):
    def __init__(self, before, after, stride):
        super().__init__()
        self.shortcut = nn.Conv2d(before, after, 1, stride, bias=False)
        self.bn = nn.Sequential(nn.BatchNorm2d(after), nn.Identity())


class Block(nn.Module):
    def __init__(self, before, planes, stride):
        super().__init__()
        self.projection = Projection(before, 4 * planes, stride)
        modules = []
        sizes = [(before, planes, 1, 1), (planes, planes, 3, stride), (planes, 4 * planes, 1, 1)]
        for begin, end, kernel, step in sizes:
            convolution = nn.Conv2d(begin, end, kernel, step, kernel // 2, bias=False)
            modules += [convolution, nn.Sequential(nn.BatchNorm2d(end), nn.ReLU())]
        self.net = nn.Sequential(*modules)


class Blocks(nn.Module):
    def __init__(self, before, planes, stride):
        super().__init__()
        self.blocks = nn.ModuleList([Block(before, planes, stride)])


class Separius(nn.Module):
    """The module tree of SimCLRv2-Pytorch for sk_ratio 0, one block a stage."""

    def __init__(self):
        super().__init__()
        stem = nn.Sequential(nn.Conv2d(3, 8, 7, 2, 3, bias=False), nn.Sequential(nn.BatchNorm2d(8), nn.ReLU()))
        stages = [Blocks(8, 8, 1), Blocks(32, 16, 2), Blocks(64, 24, 2), Blocks(96, 32, 2)]
        self.net = nn.Sequential(stem, *stages)
        self.fc = nn.Linear(128, 10)


def separius():
    """The converter's network and torchvision's hold the same modules; only names and order differ."""
    network = slim50()
    renamed = Separius()
    theirs = [module for module in renamed.modules() if isinstance(module, nn.Conv2d | nn.BatchNorm2d)]
    ours = [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.BatchNorm2d)]
    # torchvision registers the projection after the convolutions, Separius before them
    blocks = [
        [block.conv1, block.bn1, block.conv2, block.bn2, block.conv3, block.bn3, *block.downsample]
        for block in downsampled(network)
    ]
    in_their_order = ours[:2] + [module for block in blocks for module in [*block[-2:], *block[:-2]]]
    for their, our in zip(theirs, in_their_order, strict=True):
        their.load_state_dict(our.state_dict())
    content = {"resnet": renamed.state_dict(), "head": layers(128, 16, 8).state_dict()}
    return Written(content, network, "SimCLR v2 converted by Separius", "simclr", preset="separius")


def downsampled(network):
    return [module for module in network.modules() if isinstance(module, Bottleneck)]


def andrew_atanov():
    return andrew_atanov_of(slim50(), "simclr", 64)


def andrew_atanov_cifar():
    return andrew_atanov_of(slim50(stem=(3, 1, 1)), "cifar-plain", 32)


def andrew_atanov_of(network, preset, side):
    projection = {"fc1.weight": torch.randn(16, 128), "bn1.weight": torch.ones(16), "fc2.weight": torch.randn(8, 16)}
    content = {
        "state_dict": under("convnet.", network) | under("projection.", projection),
        "hparams": argparse.Namespace(arch="ResNet50", data="cifar", gpu=0),
        "opt_state_dict": {"state": {}, "param_groups": []},
        "iter": 1000,
    }
    return Written(content, network, "SimCLR by AndrewAtanov", "simclr", preset=preset, side=side)


def spijkervet():
    network = slim(classes=0)
    content = under("encoder.", network) | under("projector.", layers(32, 16, 8, norm=False))
    return Written(content, network, "SimCLR by Spijkervet", "simclr", preset="stl10-96")


def sthalles():
    network = slim(classes=0)
    head = nn.Sequential(nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 8))
    state = under("backbone.", network) | under("backbone.fc.", head)
    content = {"epoch": 40, "arch": "resnet18", "state_dict": state, "optimizer": {"state": {}, "param_groups": []}}
    return Written(content, network, "SimCLR by sthalles", "simclr", preset="stl10-96")


def sthalles_before_2021():
    network = slim()
    features = nn.Sequential(*list(network.children())[:-1])
    content = under("features.", features) | under("l1.", nn.Linear(32, 32)) | under("l2.", nn.Linear(32, 8))
    return Written(content, network, "SimCLR by sthalles, before 2021", "simclr", preset="stl10-96")


class SamePadded(nn.Module):
    """A layer behind TensorFlow's SAME padding for even sizes: one row and column more to the right and below."""

    def __init__(self, layer, value=0.0):
        super().__init__()
        self.layer, self.value = layer, value
        self.kernel, self.stride = layer.kernel_size, layer.stride
        layer.padding = 0

    def forward(self, x):
        kernel, stride = (size if isinstance(size, int) else size[0] for size in (self.kernel, self.stride))
        total = kernel - stride  # at sizes that the stride divides
        return self.layer(pad(x, (total // 2, total - total // 2) * 2, value=self.value))


def tf_padded(network, *, convolutions):
    network.maxpool = SamePadded(network.maxpool, -torch.inf)
    if convolutions:
        network.conv1 = SamePadded(network.conv1)
        for block in downsampled(network):
            block.conv2 = SamePadded(block.conv2)
    return network


def chigur():
    """torchvision's names, with fc, without batch-norm counters; the network pads as TensorFlow."""
    network = slim50(classes=1000)
    state = {key: tensor for key, tensor in network.state_dict().items() if "num_batches" not in key}
    options = "?preset=byol-tf&method=byol"
    padded = tf_padded(network, convolutions=True)
    return Written(state, padded, "torchvision", "byol", options=options, preset="byol-tf")


def tonylins_as_in_tensorflow():
    """The same file as tonylins', evaluated as SimCLR's own code does: the max-pool alone pads so."""
    written = tonylins()
    padded = tf_padded(slim50(), convolutions=False)
    return Written(written.content, padded, written.title, "simclr", options="?preset=simclr-tf", preset="simclr-tf")


def yaox12():
    online = slim50()
    target = follower(online)
    state = {}
    for name, network in (("online_network", online), ("target_network", target)):
        state |= under(f"module.{name}.encoder.", nn.Sequential(*list(network.children())[:-1]))
        state |= under(
            f"module.{name}.projetion.", {"l1.weight": torch.zeros(16, 128), "l2.weight": torch.zeros(8, 16)}
        )
    state |= under("module.predictor.predictor.", {"l1.weight": torch.zeros(16, 8)})
    content = {"config": {}, "epoch": 300, "steps": 1, "model": state, "optimizer": {"state": {}}, "amp": {}}
    return Written(content, online, "BYOL by yaox12", "byol", target)


def yaox12_first_version():
    """Names of its own, in torchvision's order, with a classifier behind."""
    network = slim(depths=(2, 2, 2, 2))
    kinds = {"conv": "kernel", "bn": "norm", "downsample": "skip", "fc": "last"}
    renamed = {}
    for index, (key, tensor) in enumerate(network.state_dict().items()):
        kind = next(new for old, new in kinds.items() if old in key)
        renamed[f"body.{index}_{kind}.{key.rpartition('.')[2]}"] = tensor
    content = {"online_backbone": renamed, "online_projection": {"l1.weight": torch.zeros(3, 3)}, "predictor": {}}
    return Written(content, network, "BYOL by yaox12, first version", "byol")


PORT_FILES = (
    tonylins,
    tonylins_as_in_tensorflow,
    separius,
    andrew_atanov,
    andrew_atanov_cifar,
    spijkervet,
    sthalles,
    sthalles_before_2021,
    chigur,
    yaox12,
    yaox12_first_version,
)
