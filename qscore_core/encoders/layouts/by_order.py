"""A ResNet whose tensors have names of their own but stand in torchvision's order, as in yaox12's first BYOL."""

from collections.abc import Mapping
from functools import cache

import torch
from torch import Tensor

from qscore_core.encoders.layouts.naming import Family, Naming
from qscore_core.encoders.networks.resnet import NAMED_SHAPES
from qscore_core.encoders.strict import COUNTER

PLACE = "online_backbone", "target_backbone"
DEPTHS = ("resnet152", "resnet101", "resnet50", "resnet34", "resnet18")  # the deepest first: its keys begin as others'
IN_ORDER = Naming("tensors in torchvision's order", Family.RESNET, anchors=())


def names_by_order(tensors: Mapping[str, Tensor]) -> dict[str, Tensor] | None:
    """The first tensors under torchvision's names, if a ResNet's kinds and kernels stand there, then no convolution."""
    for depth in DEPTHS:
        expected = _tensors_of(depth)
        if len(tensors) >= len(expected):
            pairs = list(zip(expected.items(), tensors.items(), strict=False))
            rest = list(tensors.values())[len(pairs) :]
            if all(_alike(*wanted, *found) for wanted, found in pairs) and not any(tensor.ndim == 4 for tensor in rest):
                return {wanted[0]: found[1] for wanted, found in pairs}
    return None


@cache
def _tensors_of(depth: str) -> dict[str, Tensor]:
    with torch.device("meta"):
        return dict(NAMED_SHAPES[depth].build().state_dict())


def _alike(wanted: str, expected: Tensor, name: str, tensor: Tensor) -> bool:
    if wanted.rpartition(".")[2] != name.rpartition(".")[2] or tensor.ndim != expected.ndim:
        return False
    return wanted.endswith(COUNTER) or tensor.shape[2:] == expected.shape[2:]
