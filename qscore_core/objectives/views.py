"""Random views of a batch of pictures, made on the device in batched form and repeatable from their draws."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from qscore_core.objectives import colours
from qscore_core.objectives.blur import gaussian_blur
from qscore_core.objectives.crops import draw_boxes, resized_crop
from qscore_core.objectives.draws import Draws


@dataclass(frozen=True)
class ViewRecipe:
    """The numbers of one view; the defaults are SimCLR's (arXiv 2002.05709) at jitter strength 0.5, without blur.

    `size` in pixels, `scale` as share of the frame's area, `ratio` width over height, `*_probability` per image;
    brightness, contrast and saturation factors lie in 1 -/+ the number, hue turns in -/+ the share of the circle.
    """

    size: int
    scale: tuple[float, float] = (0.2, 1.0)
    ratio: tuple[float, float] = (3 / 4, 4 / 3)
    mirror_probability: float = 0.5
    jitter_probability: float = 0.8
    brightness: float = 0.4
    contrast: float = 0.4
    saturation: float = 0.4
    hue: float = 0.1
    grey_probability: float = 0.2
    blur_probability: float = 0.0
    blur_sigma: tuple[float, float] = (0.1, 2.0)
    solarize_probability: float = 0.0


def make_view(frames: Tensor, recipe: ViewRecipe, draws: Draws) -> Tensor:
    """One random view of each picture.

    `frames` uint8 [image, height, width, 3], as many as `draws.count`; returns float32 [image, 3, size, size] in 0..1
    on the same device.
    """
    _, height, width, _ = frames.shape
    pixels = frames.permute(0, 3, 1, 2).float() / 255
    boxes = draw_boxes(draws, height, width, recipe.scale, recipe.ratio)
    mirrored = draws.chosen(recipe.mirror_probability)
    view = resized_crop(pixels, boxes, mirrored, recipe.size)
    view = _jitter(view, recipe, draws)
    view = _replace(view, draws.chosen(recipe.grey_probability), colours.greyscale)
    view = _blur(view, recipe, draws)
    return _replace(view, draws.chosen(recipe.solarize_probability), colours.solarize)


def _jitter(view: Tensor, recipe: ViewRecipe, draws: Draws) -> Tensor:
    """Brightness, contrast, saturation and hue in an order drawn once for the batch, factors drawn per image."""
    jittered = draws.chosen(recipe.jitter_probability)
    spreads = {
        colours.adjust_brightness: (1.0, recipe.brightness),
        colours.adjust_contrast: (1.0, recipe.contrast),
        colours.adjust_saturation: (1.0, recipe.saturation),
        colours.adjust_hue: (0.0, recipe.hue),
    }
    adjustments = list(spreads)
    for index in draws.generator.permutation(len(adjustments)):
        neutral, spread = spreads[adjustments[index]]
        change = spread * (2 * draws.uniform() - 1)
        view = adjustments[index](view, neutral + change * jittered)
    return view


def _blur(view: Tensor, recipe: ViewRecipe, draws: Draws) -> Tensor:
    if recipe.blur_probability == 0:
        return view
    low, high = recipe.blur_sigma
    sigma = low + (high - low) * draws.uniform()
    chosen = draws.chosen(recipe.blur_probability).nonzero().squeeze(1)
    if len(chosen) == 0:
        return view
    # a tenth of the picture, as in SimCLR, made odd
    kernel_size = max(3, recipe.size // 10 // 2 * 2 + 1)
    return view.index_copy(0, chosen.to(view.device), gaussian_blur(view[chosen], sigma[chosen], kernel_size))


def _replace(view: Tensor, chosen: Tensor, change: Callable[[Tensor], Tensor]) -> Tensor:
    if not chosen.any():
        return view
    return torch.where(chosen.to(view.device)[:, None, None, None], change(view), view)
