"""Random resized crops of a whole batch: one box per image, one resampling call, mirrored or not."""

import math

import torch
from torch import Tensor
from torch.nn.functional import grid_sample

from qscore_core.objectives.draws import Draws


def draw_boxes(draws: Draws, height: int, width: int, scale: tuple[float, float], ratio: tuple[float, float]) -> Tensor:
    """Boxes [image, 4] as (left, top, width, height) in pixels, fractions allowed, inside the frame.

    Area is uniform in `scale` (share of the frame), aspect log-uniform in `ratio`, as in torchvision's
    RandomResizedCrop; a box too long for the frame is cut to it, where torchvision draws anew.
    """
    area_draw, ratio_draw, left_draw, top_draw = draws.uniform(4).unbind()
    area = height * width * (scale[0] + (scale[1] - scale[0]) * area_draw)
    low, high = math.log(ratio[0]), math.log(ratio[1])
    aspect = torch.exp(low + (high - low) * ratio_draw)
    box_width = (area * aspect).sqrt().clamp(max=width)
    box_height = (area / aspect).sqrt().clamp(max=height)
    left, top = left_draw * (width - box_width), top_draw * (height - box_height)
    return torch.stack([left, top, box_width, box_height], dim=1)


def resized_crop(pixels: Tensor, boxes: Tensor, mirrored: Tensor, size: int) -> Tensor:
    """The box of each image, bilinearly resampled to `size` x `size`, mirrored left to right where asked.

    `pixels` [image, channel, height, width], `boxes` [image, 4], `mirrored` bool [image]; returns
    [image, channel, size, size]. Equal to torchvision's `resized_crop` without antialiasing for boxes on whole pixels.
    """
    left, top, box_width, box_height = boxes.to(pixels.device).unbind(1)
    across = _positions(left, box_width, size, pixels.shape[3])
    across = torch.where(mirrored.to(pixels.device)[:, None], across.flip(1), across)
    down = _positions(top, box_height, size, pixels.shape[2])
    grid = torch.stack([across[:, None, :].expand(-1, size, -1), down[:, :, None].expand(-1, -1, size)], dim=3)
    return grid_sample(pixels, grid, mode="bilinear", padding_mode="border", align_corners=False)


def _positions(start: Tensor, extent: Tensor, size: int, frame: int) -> Tensor:
    """Where `size` samples of each box lie along one axis, in grid_sample's -1..1 over the frame; [image, size]."""
    centres = (torch.arange(size, device=start.device) + 0.5) / size
    positions = start[:, None] + extent[:, None] * centres - 0.5
    # samples past the centre of the box's last pixel repeat that pixel instead of looking outside the box
    positions = torch.maximum(positions, start[:, None])
    positions = torch.minimum(positions, (start + extent - 1)[:, None])
    return (positions + 0.5) * (2 / frame) - 1
