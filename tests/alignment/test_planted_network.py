"""Done-when of the ranking: a channel that sees only the core patch and one that sees only the habitat are found."""

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch import nn

from qscore_core.activation import FeatureSettings
from qscore_core.alignment import feature_table, measure, summarise
from qscore_core.datasets import open_dataset
from qscore_core.encoders import Encoder
from qscore_core.encoders.transform import Transform
from qscore_core.extraction import ExtractSettings, extract
from qscore_core.pipeline import analyse
from qscore_core.qscore import ScoreSettings
from qscore_core.workspace import Workspace

DIM, CORE, HABITAT = 64, 40, 11
SCENES = 40


class PlantedNetwork(nn.Module):
    """One convolution over patches of 2 x 2 pixels, a ReLU, and the mean.

    Channel CORE answers to red alone, HABITAT to green alone; the others answer faintly to what stands in the blue
    channel, the picture's brightness.
    """

    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, DIM, kernel_size=2, stride=2)
        with torch.no_grad():
            self.patches.weight[:, :2] = 0
            self.patches.weight[[CORE, HABITAT], 2] = 0
            self.patches.weight[CORE, 0] = self.patches.weight[HABITAT, 1] = 1.0
            self.patches.bias[[CORE, HABITAT]] = 0

    def activation_maps(self, pixels):
        return torch.relu(self.patches(pixels))

    def forward(self, pixels):
        return self.activation_maps(pixels).mean(dim=(2, 3))


def painted(picture, masks):
    """The picture's brightness in blue, its core patch in red and its habitat's elements in green."""
    channels = [masks.core * 255, masks.spurious * 255, np.asarray(picture.convert("L"))]
    return Image.fromarray(np.stack(channels, axis=-1).astype(np.uint8))


@pytest.fixture(scope="module")
def alignment(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("planted")
    workspace = Workspace.at(tmp_path / "workspace")
    habitats = open_dataset(f"habitats?count={SCENES}", "test", workspace=workspace)
    rows = []
    for row in range(SCENES):
        masks = habitats.source.masks(row)
        files = [tmp_path / f"{name}{row}.png" for name in ("picture", "core", "spurious")]
        painted(habitats.source.image(row), masks).save(files[0])
        for file, mask in zip(files[1:], (masks.core, masks.spurious), strict=True):
            Image.fromarray(mask.astype(np.uint8) * 255).save(file)
        rows.append(dict(zip(("image_path", "core_mask", "spurious_mask"), files, strict=True)))
    pd.DataFrame(rows).to_csv(tmp_path / "table.csv", index=False)
    dataset = open_dataset(f"table:{tmp_path / 'table.csv'}", workspace=workspace)
    transform = Transform(resize=64, crop=64, mean=(0, 0, 0), std=(1, 1, 1))
    encoder = Encoder("planted", PlantedNetwork().eval(), "planted", "planted", DIM, transform, "planted", "made here")
    stored = extract(encoder, dataset, ExtractSettings(workers=0), workspace=workspace).representations
    settings = ScoreSettings(FeatureSettings(epsilon=1.0, lower=0, upper=100))
    return measure(encoder, dataset, analyse(stored, stored, settings, workspace))


def test_the_planted_features_are_found_at_the_ends_of_the_ranking(alignment):
    table = feature_table(alignment)
    assert len(table) > 5
    assert (table["feature"].iloc[0], table["feature"].iloc[-1]) == (HABITAT, CORE)
    found = table.set_index("feature")
    assert found.loc[CORE, "core"] > 0.9
    assert found.loc[CORE, "spurious"] < 0.05
    assert found.loc[HABITAT, "core"] < 0.05
    assert found.loc[HABITAT, "spurious"] > 0.75  # its elements are thin, and heat is spread over 2 x 2 pixels
    others = found.drop([CORE, HABITAT])
    assert (others["core"] < 0.6).all()
    assert (others["leaning"].abs() < found["leaning"].abs().loc[[CORE, HABITAT]].min()).all()


@pytest.mark.parametrize("metric", ["heat_iou", "binary_iou", "soft_iou", "rank_accuracy", "pointing_game", "auc"])
def test_every_metric_finds_them(alignment, metric):
    table = feature_table(alignment, metric)
    assert (table["feature"].iloc[0], table["feature"].iloc[-1]) == (HABITAT, CORE)
    found = table.set_index("feature")
    assert found.loc[CORE, "core"] > 0.8 > 0.3 > found.loc[HABITAT, "core"]


def test_the_picture_s_heat_is_both_together(alignment):
    found = summarise(alignment)
    core, spurious = (found[kind].metrics["mass"].mean for kind in ("core", "spurious"))
    assert 0.15 < core < 0.85
    assert 0.15 < spurious < 0.85
