"""Random views of a batch of pictures, made on the device in batched form and repeatable from a generator.

The random numbers are drawn on the CPU, so that the same generator gives the same views on every device.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.random import Generator
from torch import Tensor

from qscore_core.objectives import colours
from qscore_core.objectives.blur import gaussian_blur
from qscore_core.objectives.crops import draw_boxes, resized_crop, uniform

VIEW_STREAM = 1  # keeps the draws of views apart from every other use of the same seed


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


def make_view(frames: Tensor, recipe: ViewRecipe, generator: Generator) -> Tensor:
    """One random view of each picture.

    `frames` uint8 [image, height, width, 3]; returns float32 [image, 3, size, size] in 0..1 on the same device.
    """
    images, height, width, _ = frames.shape
    pixels = frames.permute(0, 3, 1, 2).float() / 255
    boxes = draw_boxes(images, height, width, recipe.scale, recipe.ratio, generator)
    mirrored = _chosen(images, recipe.mirror_probability, generator)
    view = resized_crop(pixels, boxes, mirrored, recipe.size)
    view = _jitter(view, recipe, generator)
    view = _replace(view, _chosen(images, recipe.grey_probability, generator), colours.greyscale)
    view = _blur(view, recipe, generator)
    return _replace(view, _chosen(images, recipe.solarize_probability, generator), colours.solarize)


def view_generator(seed: int, step: int) -> Generator:
    """The source of one step's view randomness: any step's views can be made again without the steps before it."""
    # numpy hashes all of it; torch.Generator.manual_seed keeps 32 bits only and pairs would share a stream
    return np.random.default_rng([seed, step, VIEW_STREAM])


def _jitter(view: Tensor, recipe: ViewRecipe, generator: Generator) -> Tensor:
    """Brightness, contrast, saturation and hue in an order drawn once for the batch, factors drawn per image."""
    images = len(view)
    jittered = _chosen(images, recipe.jitter_probability, generator)
    spreads = {
        colours.adjust_brightness: (1.0, recipe.brightness),
        colours.adjust_contrast: (1.0, recipe.contrast),
        colours.adjust_saturation: (1.0, recipe.saturation),
        colours.adjust_hue: (0.0, recipe.hue),
    }
    adjustments = list(spreads)
    for index in generator.permutation(len(adjustments)):
        neutral, spread = spreads[adjustments[index]]
        change = spread * (2 * uniform(generator, images) - 1)
        view = adjustments[index](view, neutral + change * jittered)
    return view


def _blur(view: Tensor, recipe: ViewRecipe, generator: Generator) -> Tensor:
    if recipe.blur_probability == 0:
        return view
    low, high = recipe.blur_sigma
    sigma = low + (high - low) * uniform(generator, len(view))
    chosen = _chosen(len(view), recipe.blur_probability, generator).nonzero().squeeze(1)
    if len(chosen) == 0:
        return view
    # a tenth of the picture, as in SimCLR, made odd
    kernel_size = max(3, recipe.size // 10 // 2 * 2 + 1)
    return view.index_copy(0, chosen.to(view.device), gaussian_blur(view[chosen], sigma[chosen], kernel_size))


def _replace(view: Tensor, chosen: Tensor, change: Callable[[Tensor], Tensor]) -> Tensor:
    if not chosen.any():
        return view
    return torch.where(chosen.to(view.device)[:, None, None, None], change(view), view)


def _chosen(images: int, probability: float, generator: Generator) -> Tensor:
    return uniform(generator, images) < probability
