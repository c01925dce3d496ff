"""Tiny real pictures and a tiny network, for tests that really train."""

from dataclasses import replace

import numpy as np
import pandas as pd
from PIL import Image

from qscore_core.datasets.dataset import Dataset
from qscore_core.encoders.resnet import ResNetShape, Stem
from qscore_core.encoders.transform import Transform
from qscore_core.errors import ImageError
from qscore_core.objectives import SimCLRSettings, ViewRecipe
from qscore_core.training import Network, PretrainSettings

SHAPE = ResNetShape(
    "basic", (1, 1, 1, 1), planes=(4, 4, 8, 16), strides=(1, 2, 2, 1), stem=Stem(3, 1, 1, False), stem_planes=4
)


class Stripes:
    """Pictures whose stripes' angle and colour follow from the row; rows in `broken` cannot be read."""

    def __init__(self, broken=()):
        self.broken = broken

    def image(self, row):
        if row in self.broken:
            raise ImageError(f"Picture {row} cannot be read.")
        across, down = np.meshgrid(np.arange(16), np.arange(16))
        wave = np.sin((across * np.cos(row) + down * np.sin(row)) * 1.5)
        colour = np.random.default_rng(row).random(3)
        return Image.fromarray(((wave[..., None] + 1) / 2 * colour * 255).astype(np.uint8))

    def masks(self, row):
        del row


def stripes(count=64, broken=(), digest="stripes"):
    table = pd.DataFrame({"id": [f"picture-{i}" for i in range(count)], "path": "", "label": np.arange(count) % 4})
    return Dataset("stripes", "train", ("a", "b", "c", "d"), table, Stripes(broken), digest)


def tiny_settings(**changes):
    settings = PretrainSettings(
        dataset="stripes",
        objective=SimCLRSettings(ViewRecipe(size=12), hidden_dim=16, output_dim=8),
        network=Network(SHAPE, Transform(resize=16, crop=16)),
        epochs=3,
        batch_size=16,
        learning_rate=1e-2,
        warmup_epochs=1.0,
        precision="32-true",
    )
    return replace(settings, **changes)
