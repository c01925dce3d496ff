"""Masks in the frame of the network's input: the same geometry as the picture's, always."""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from PIL import Image
from torch import Tensor

from qscore_core.alignment.settings import KINDS
from qscore_core.datasets import Dataset
from qscore_core.encoders.transform import Transform
from qscore_core.errors import ImageError


def framed_mask(mask: np.ndarray, transform: Transform) -> Float[Tensor, "side side"]:
    """The part of a picture's mask [height, width] that the network sees, from 0 to 1.

    A hard (bool) mask gets no values in between; a soft one (float) is resized bilinearly.
    """
    if mask.dtype == bool:
        framed = transform.frame(Image.fromarray(mask.astype(np.uint8)), Image.Resampling.NEAREST)
    else:
        framed = transform.frame(Image.fromarray(mask.astype(np.float32)), Image.Resampling.BILINEAR)
    return torch.from_numpy(np.array(framed, np.float32)).clamp(0, 1)


def framed_masks(
    dataset: Dataset, rows: Sequence[int], transform: Transform
) -> tuple[Float[Tensor, "image kind side side"], list[str]]:
    """Core and spurious masks of some rows, all zero where there is none, and why masks could not be read."""
    framed = torch.zeros(len(rows), len(KINDS), transform.crop, transform.crop)
    failures = []
    for place, row in enumerate(rows):
        try:
            masks = dataset.source.masks(row)
        except ImageError as error:
            failures.append(str(error))
            continue
        for kind, name in enumerate(KINDS):
            mask = None if masks is None else getattr(masks, name)
            if mask is not None:
                framed[place, kind] = framed_mask(mask, transform)
    return framed, failures
