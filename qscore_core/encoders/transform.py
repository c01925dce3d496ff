"""From a picture to the network's input: geometry per picture on the CPU, normalisation per batch on the device."""

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
CIFAR10_MEAN = (0.4914, 0.4822, 0.4465)
CIFAR10_STD = (0.2470, 0.2435, 0.2616)
MAX_PIXELS = 4096  # of a side of the network's input


@dataclass(frozen=True)
class Transform:
    """Shorter side to `resize` pixels, centre crop of `crop` pixels, then (x / 255 - mean) / std.

    The pictures travel from the decoding workers as uint8 (a quarter of the bytes of float32) and are normalised as
    one batch on the device.
    """

    resize: int
    crop: int
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD
    interpolation: str = "bilinear"

    def geometry(self, image: Image.Image) -> np.ndarray:
        """RGB picture -> uint8 array [crop, crop, channel]."""
        method = Image.Resampling[self.interpolation.upper()]
        # a copy: PIL's own memory is read-only, which torch does not take
        return np.array(self.frame(image, method), dtype=np.uint8)

    def frame(self, image: Image.Image, method: Image.Resampling) -> Image.Image:
        """The part of a picture (or of its mask, with NEAREST) that the network sees."""
        width, height = image.size
        # torchvision.transforms.Resize truncates the longer side, in this order of operations
        longer = int(self.resize * max(width, height) / min(width, height))
        size = (self.resize, longer) if width <= height else (longer, self.resize)
        if size != image.size:
            image = image.resize(size, method)
        left, top = (_offset(side, self.crop) for side in size)
        return image.crop((left, top, left + self.crop, top + self.crop))

    def normalize(self, pixels: Tensor) -> Tensor:
        """uint8 [image, height, width, channel] -> float32 [image, channel, height, width], channels last."""
        width = pixels.shape[2]
        # Whole rows at a time: arithmetic over an innermost axis of three channels uses no vector instructions.
        mean = (torch.tensor(self.mean, device=pixels.device) * 255).repeat(width)
        scale = (1 / (torch.tensor(self.std, device=pixels.device) * 255)).repeat(width)
        rows = pixels.to(torch.float32, copy=True).flatten(2).sub_(mean).mul_(scale)
        return rows.unflatten(2, (width, -1)).permute(0, 3, 1, 2)


def _offset(side: int, crop: int) -> int:
    # torchvision.transforms.CenterCrop: black bars where the picture is smaller, the larger one right and below
    return round((side - crop) / 2) if side >= crop else -((crop - side) // 2)


IMAGENET_TRANSFORM = Transform(resize=256, crop=224)
CIFAR_TRANSFORM = Transform(resize=32, crop=32, mean=CIFAR10_MEAN, std=CIFAR10_STD)
