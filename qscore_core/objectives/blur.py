"""Gaussian blur of a batch with one sigma per image."""

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad


def gaussian_blur(pixels: Tensor, sigma: Tensor, kernel_size: int) -> Tensor:
    """Blurs each image with its own sigma; mirrored borders, as torchvision's `gaussian_blur`.

    `pixels` [image, channel, height, width], `sigma` [image] in pixels, `kernel_size` odd and below twice the height.
    """
    images, channels, height, width = pixels.shape
    offsets = torch.arange(kernel_size, device=pixels.device) - kernel_size // 2
    weights = torch.exp(-0.5 * (offsets / sigma.to(pixels.device)[:, None]) ** 2)
    weights = (weights / weights.sum(1, keepdim=True)).repeat_interleave(channels, dim=0)
    # one group per image and channel, so that every image keeps its own kernel
    planes = pad(pixels, [kernel_size // 2] * 4, mode="reflect").reshape(
        1, images * channels, *_grown(pixels, kernel_size)
    )
    planes = conv2d(planes, weights[:, None, None, :], groups=images * channels)
    planes = conv2d(planes, weights[:, None, :, None], groups=images * channels)
    return planes.reshape(images, channels, height, width)


def _grown(pixels: Tensor, kernel_size: int) -> tuple[int, int]:
    border = 2 * (kernel_size // 2)
    return pixels.shape[2] + border, pixels.shape[3] + border
