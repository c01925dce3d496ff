"""Tiny real pictures and a tiny network, for tests that really train."""

from dataclasses import replace

import numpy as np
import pandas as pd
from PIL import Image

from qscore_core.activation import FeatureSettings
from qscore_core.datasets.dataset import Dataset
from qscore_core.encoders.networks.resnet import ResNetShape, Stem
from qscore_core.encoders.transform import Transform
from qscore_core.errors import ImageError
from qscore_core.objectives import (
    BarlowSettings,
    BYOLSettings,
    DINOSettings,
    MoCoSettings,
    SimCLRSettings,
    SimSiamSettings,
    SwAVSettings,
    VICRegSettings,
    ViewRecipe,
)
from qscore_core.regulariser import Weights
from qscore_core.training import (
    FinetuneSettings,
    Finetuning,
    Network,
    Pretraining,
    TrainingSettings,
    run_task,
    starting_point,
)

SHAPE = ResNetShape(
    "basic", (1, 1, 1, 1), planes=(8, 8, 8, 16), strides=(1, 2, 2, 1), stem=Stem(3, 1, 1, False), stem_planes=8
)

VIEW, SMALL_VIEW = ViewRecipe(size=12), ViewRecipe(size=8)

TINY_OBJECTIVES = {
    settings.method: settings
    for settings in (
        SimCLRSettings(VIEW, hidden_dim=16, output_dim=8),
        SwAVSettings(VIEW, SMALL_VIEW, local_views=2, hidden_dim=16, output_dim=8, prototypes=6, queue_length=40),
        MoCoSettings(VIEW, hidden_dim=16, output_dim=8, queue_length=40, key_groups=2),
        BYOLSettings(VIEW, VIEW, hidden_dim=16, output_dim=8),
        DINOSettings(VIEW, SMALL_VIEW, local_views=2, hidden_dim=16, bottleneck_dim=8, output_dim=12),
        SimSiamSettings(VIEW, output_dim=16, predictor_hidden_dim=8),
        VICRegSettings(VIEW, VIEW, hidden_dim=16, output_dim=16),
        BarlowSettings(VIEW, VIEW, hidden_dim=16, output_dim=16),
    )
}


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
    settings = TrainingSettings(
        dataset="stripes",
        objective=TINY_OBJECTIVES["simclr"],
        network=Network(SHAPE, Transform(resize=16, crop=16)),
        epochs=3,
        batch_size=16,
        learning_rate=1e-2,
        warmup_epochs=1.0,
        precision="32-true",
    )
    return replace(settings, **changes)


def pretrain(settings, **where):
    return run_task(Pretraining(settings), **where)


def parent(workspace, method="simclr", **changes):
    """The reference of a tiny encoder that was pretrained for an epoch."""
    settings = tiny_settings(objective=TINY_OBJECTIVES[method], epochs=1, **changes)
    return f"run:{pretrain(settings, workspace=workspace, dataset=stripes(), run_id=f'parent-{method}').run}"


def finetuning(ref, workspace, weights=None, method=None, plan=None, **changes):
    """A fine-tuning task on the tiny pictures; `changes` are of the loop's settings, `plan` of the rest."""
    start = starting_point(ref, workspace, method, TINY_OBJECTIVES)
    training = tiny_settings(objective=start.objective, network=start.network, **{"learning_rate": 1e-3, **changes})
    settings = FinetuneSettings(
        parent=ref,
        arm="test",
        weights=weights or Weights(q_score=1e-4, columns=1e-4),
        features=FeatureSettings(epsilon=1.0),
        training=training,
        **{"head_warmup_steps": 3, **(plan or {})},
    )
    return Finetuning(start, settings)


def finetune(ref, workspace, run_id=None, **how):
    return run_task(finetuning(ref, workspace, **how), workspace=workspace, dataset=stripes(), run_id=run_id)
