"""The way back from a ResNet's state dict to its shape."""

from collections.abc import Mapping

from torch import Tensor

from qscore_core.encoders.networks.resnet import BLOCKS, CIFAR_STEM, IMAGENET_STEM, ResNetShape


def shape_of_state_dict(tensors: Mapping[str, Tensor]) -> ResNetShape:
    """Reads block type, depths, planes, groups and stem from tensor shapes; strides and padding by convention.

    The tensors must hold the first block of each stage. Strides and padding leave no trace in a state dict.
    """
    block = "bottleneck" if "layer1.0.conv3.weight" in tensors else "basic"
    last_conv = "conv3" if block == "bottleneck" else "conv2"
    depths = tuple(_depth(tensors, stage) for stage in (1, 2, 3, 4))
    expansion = BLOCKS[block].expansion
    planes = tuple(tensors[f"layer{s}.0.{last_conv}.weight"].shape[0] // expansion for s in (1, 2, 3, 4))
    groups, group_width = _grouping(tensors, planes[0]) if block == "bottleneck" else (1, 64)
    conv1 = tensors["conv1.weight"]
    stem = CIFAR_STEM if conv1.shape[-1] == 3 else IMAGENET_STEM
    return ResNetShape(
        block,
        depths,
        planes,
        stem=stem,
        stem_planes=conv1.shape[0],
        groups=groups,
        group_width=group_width,
    )


def _grouping(tensors: Mapping[str, Tensor], planes: int) -> tuple[int, int]:
    # torchvision: width = planes * group_width / 64 * groups, and conv2 takes width / groups channels
    width, per_group = tensors["layer1.0.conv2.weight"].shape[:2]
    groups = max(1, width // max(1, per_group))
    return groups, max(1, 64 * width // (groups * max(1, planes)))


def _depth(tensors: Mapping[str, Tensor], stage: int) -> int:
    prefix = f"layer{stage}."
    return len({key.split(".")[1] for key in tensors if key.startswith(prefix)})
