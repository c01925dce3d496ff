"""Random numbers of a batch's views, the same for a picture whichever process makes its view."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

VIEW_STREAM = 1  # keeps the draws of views apart from every other use of the same seed
WARMUP_STREAM = 3


@dataclass(frozen=True, eq=False)
class Draws:
    """Draws for all `images` of the batch and gives those of `rows`, the part that this process works on."""

    generator: np.random.Generator
    images: int
    rows: slice

    @property
    def count(self) -> int:
        """Images of this process."""
        return len(range(*self.rows.indices(self.images)))

    def uniform(self, *shape: int) -> Tensor:
        """Numbers between 0 and 1, float32 [*shape, image]; on the CPU, so that every device gets the same."""
        return torch.from_numpy(self.generator.random((*shape, self.images), dtype=np.float32))[..., self.rows]

    def chosen(self, probability: float) -> Tensor:
        """Bool [image], each true with `probability`."""
        return self.uniform() < probability


def view_draws(seed: int, step: int, images: int, rows: slice = slice(None), stream: int = VIEW_STREAM) -> Draws:
    """The source of one step's view randomness: any step's views can be made again without the steps before it."""
    # numpy hashes all of it; torch.Generator.manual_seed keeps 32 bits only and pairs would share a stream
    return Draws(np.random.default_rng([seed, step, stream]), images, rows)
