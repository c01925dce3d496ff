"""Colour changes of a whole batch with one factor per image; each equals torchvision's function of the same name.

Pixels are float32 [image, 3, height, width] in 0..1; factors are [image].
"""

import torch
from torch import Tensor

LUMA = (0.2989, 0.587, 0.114)  # the weights of torchvision's rgb_to_grayscale


def greyscale(pixels: Tensor) -> Tensor:
    """Luma of each pixel, [image, 1, height, width]."""
    red, green, blue = pixels.unbind(1)
    return (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue).unsqueeze(1)


def adjust_brightness(pixels: Tensor, factor: Tensor) -> Tensor:
    return _blend(pixels, torch.zeros_like(pixels[:, :1]), factor)


def adjust_contrast(pixels: Tensor, factor: Tensor) -> Tensor:
    return _blend(pixels, greyscale(pixels).mean(dim=(2, 3), keepdim=True), factor)


def adjust_saturation(pixels: Tensor, factor: Tensor) -> Tensor:
    return _blend(pixels, greyscale(pixels), factor)


def adjust_hue(pixels: Tensor, turn: Tensor) -> Tensor:
    """Turns the hue by `turn` (a share of the full circle, -0.5..0.5), in HSV space."""
    hue, saturation, value = _hue_saturation_value(pixels)
    sector = (hue + turn.to(pixels.device)[:, None, None]) * 6
    chroma = value * saturation
    # channel = value - chroma * clamp(min(k, 4 - k), 0, 1), k = (n + sector) mod 6, n = 5, 3, 1 for red, green, blue
    k = torch.stack([sector + 5, sector + 3, sector + 1], dim=1).remainder(6)
    return value.unsqueeze(1) - chroma.unsqueeze(1) * torch.minimum(k, 4 - k).clamp(0, 1)


def solarize(pixels: Tensor, threshold: float = 0.5) -> Tensor:
    """Inverts what is at least as bright as `threshold`."""
    return torch.where(pixels >= threshold, 1 - pixels, pixels)


def _blend(pixels: Tensor, other: Tensor, factor: Tensor) -> Tensor:
    share = factor.to(pixels.device)[:, None, None, None]
    return (share * pixels + (1 - share) * other).clamp(0, 1)


def _hue_saturation_value(pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Each [image, height, width] in 0..1 (hue may be negative: its sector is taken modulo 6 later)."""
    red, green, blue = pixels.unbind(1)
    value, darkest = pixels.amax(1), pixels.amin(1)
    chroma = value - darkest
    saturation = chroma / value.clamp(min=1e-8)
    divisor = torch.where(chroma == 0, 1, chroma)
    sector = torch.where(
        value == red,
        (green - blue) / divisor,
        torch.where(value == green, (blue - red) / divisor + 2, (red - green) / divisor + 4),
    )
    return sector / 6, saturation, value
