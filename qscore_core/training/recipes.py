"""The settings that a run gets unless told otherwise, chosen by the method and by the data."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image

from qscore_core.datasets.dataset import Dataset
from qscore_core.errors import DatasetError, ImageError, SettingsError
from qscore_core.objectives import (
    METHODS,
    BarlowSettings,
    BYOLSettings,
    DINOSettings,
    MoCoSettings,
    ObjectiveSettings,
    SimCLRSettings,
    SimSiamSettings,
    SwAVSettings,
    VICRegSettings,
    ViewRecipe,
)
from qscore_core.training.networks import NETWORKS
from qscore_core.training.settings import TrainingSettings

SMALL_PHOTOGRAPH = 48  # pixels of the shorter side up to which pictures count as thumbnails
SOLARIZED = 0.2  # share of second views, for the methods whose two views differ


@dataclass(frozen=True)
class Sizes:
    """Numbers that follow from the size of pictures and data set.

    `expander` is the width of redundancy methods, `code_dim` that of what SwAV and DINO compare with prototypes.
    """

    hidden: int
    expander: int
    prototypes: int
    swav_queue: int
    moco_queue: int
    dino_outputs: int
    dino_batch_norm: bool
    momentum: float
    predictor_rate: float
    barlow_dim: int
    barlow_scale: float
    code_dim: int = 128
    sinkhorn_epsilon: float = 0.05
    local_views: int = 4
    frozen_epochs: int = 1


def objectives(
    view: ViewRecipe, global_view: ViewRecipe, local_view: ViewRecipe, sizes: Sizes
) -> dict[str, ObjectiveSettings]:
    """Settings of all methods, by name; `global_view` and `local_view` are for multi-crop."""
    other = replace(view, solarize_probability=SOLARIZED)
    wide = {"hidden_dim": sizes.expander, "output_dim": sizes.expander}
    entries: list[ObjectiveSettings] = [
        SimCLRSettings(view, hidden_dim=sizes.hidden),
        SwAVSettings(
            global_view,
            local_view,
            hidden_dim=sizes.hidden,
            prototypes=sizes.prototypes,
            queue_length=sizes.swav_queue,
            output_dim=sizes.code_dim,
            epsilon=sizes.sinkhorn_epsilon,
            local_views=sizes.local_views,
            frozen_epochs=sizes.frozen_epochs,
        ),
        MoCoSettings(view, hidden_dim=sizes.hidden, queue_length=sizes.moco_queue, momentum=sizes.momentum),
        BYOLSettings(
            view, other, hidden_dim=sizes.hidden, momentum=sizes.momentum, predictor_rate=sizes.predictor_rate
        ),
        DINOSettings(
            global_view,
            local_view,
            hidden_dim=sizes.hidden,
            output_dim=sizes.dino_outputs,
            bottleneck_dim=sizes.code_dim,
            batch_norm=sizes.dino_batch_norm,
            momentum=sizes.momentum,
            local_views=sizes.local_views,
            frozen_epochs=sizes.frozen_epochs,
        ),
        SimSiamSettings(
            view,
            output_dim=sizes.hidden,
            predictor_hidden_dim=sizes.hidden // 4,
            predictor_rate=sizes.predictor_rate,
        ),
        VICRegSettings(view, other, **wide),
        BarlowSettings(view, other, hidden_dim=sizes.hidden, output_dim=sizes.barlow_dim, scale=sizes.barlow_scale),
    ]
    return {entry.method: entry for entry in entries}


# Small encoders collapse to few dimensions with a predictor that lags behind, or a teacher's head without batch norm.
_SMALL = Sizes(
    hidden=512,
    expander=1024,
    prototypes=128,
    swav_queue=0,
    moco_queue=4096,
    dino_outputs=1024,
    dino_batch_norm=True,
    momentum=0.99,
    predictor_rate=10.0,
    barlow_dim=1024,
    barlow_scale=1.0,
)
# SwAV's loss stays at the logarithm of the number of prototypes where codes are soft: in fewer dimensions cosines
# spread further, a smaller epsilon sharpens the codes, and few, larger local views can be told apart.
_HABITATS = replace(
    _SMALL,
    prototypes=32,
    dino_outputs=64,
    code_dim=32,
    sinkhorn_epsilon=0.03,
    local_views=2,
    frozen_epochs=0,
    barlow_dim=256,
    barlow_scale=0.004,
)
_LARGE = Sizes(
    hidden=2048,
    expander=8192,
    prototypes=3000,
    swav_queue=3840,
    moco_queue=65536,
    dino_outputs=65536,
    dino_batch_norm=False,
    momentum=0.996,
    predictor_rate=1.0,
    barlow_dim=8192,
    barlow_scale=1.0,
)
_LARGE_VIEW = ViewRecipe(size=224, blur_probability=0.5)

OBJECTIVES: dict[str, dict[str, ObjectiveSettings]] = {
    "habitats": objectives(
        ViewRecipe(size=48, scale=(0.1, 1.0)),
        ViewRecipe(size=48, scale=(0.25, 1.0)),
        ViewRecipe(size=32, scale=(0.1, 0.4)),
        _HABITATS,
    ),
    "thumbnails": objectives(
        ViewRecipe(size=32),
        ViewRecipe(size=32, scale=(0.3, 1.0)),
        ViewRecipe(size=16, scale=(0.08, 0.3)),
        _SMALL,
    ),
    "photographs": objectives(
        _LARGE_VIEW,
        replace(_LARGE_VIEW, scale=(0.14, 1.0)),
        replace(_LARGE_VIEW, size=96, scale=(0.05, 0.14)),
        _LARGE,
    ),
}


def recipe(method: str, kind: str) -> TrainingSettings:
    """The settings of a method for one kind of data; `dataset` is still to be named where the kind is not Habitats."""
    return replace(BASES[kind], objective=OBJECTIVES[kind][method], **EXCEPTIONS.get((method, kind), {}))


BASES: dict[str, TrainingSettings] = {
    "habitats": TrainingSettings(
        dataset="habitats",
        objective=OBJECTIVES["habitats"]["simclr"],
        network=NETWORKS["habitats-r512"],
        epochs=50,
        batch_size=128,
        learning_rate=2e-3,
        weight_decay=5e-2,
    ),
    "thumbnails": TrainingSettings(
        dataset="",
        objective=OBJECTIVES["thumbnails"]["simclr"],
        network=NETWORKS["cifar-r512"],
        epochs=10,
        learning_rate=2e-3,
        warmup_epochs=1.0,
    ),
    "photographs": TrainingSettings(
        dataset="",
        objective=OBJECTIVES["photographs"]["simclr"],
        network=NETWORKS["resnet18"],
        epochs=100,
        learning_rate=1e-3,
        warmup_epochs=10.0,
    ),
}

SMALL_STEPS: dict[str, Any] = {"optimizer": "sgd", "learning_rate": 0.05, "weight_decay": 1e-3, "batch_size": 64}

EXCEPTIONS: dict[tuple[str, str], dict[str, Any]] = {
    # SimSiam needs many small steps; with AdamW its projections fell to 6 dimensions of 512
    ("simsiam", "habitats"): {**SMALL_STEPS, "epochs": 100},
    ("byol", "habitats"): {"learning_rate": 1e-3},
    # Multi-crop shows more crops of a picture in an epoch, and takes as much longer.
    ("swav", "habitats"): {**SMALL_STEPS, "epochs": 30},
    # with SGD, whose steps follow the small gradients, 24 epochs gave a probe top-1 of 60.6 %; these give 74.5 %
    ("dino", "habitats"): {"batch_size": 64, "epochs": 30, "warmup_epochs": 1.0},
    ("barlow", "habitats"): {**SMALL_STEPS, "epochs": 40},
}


def default_settings(method: str, dataset: Dataset) -> TrainingSettings:
    """The recipe of a method for a data set: Habitats has its own, other data go by the first readable picture's size.

    Raises SettingsError for an unknown method, DatasetError when no picture can be read.
    """
    if method not in METHODS:
        raise SettingsError(
            f"`method` should be one of {', '.join(f'`{name}`' for name in METHODS)}. Found `{method}`."
        )
    return replace(recipe(method, kind_of(dataset)), dataset=dataset.ref, split=dataset.split)


def kind_of(dataset: Dataset) -> str:
    """Which of `OBJECTIVES` fits a data set. Raises DatasetError when no picture can be read."""
    if dataset.ref.partition("?")[0] == "habitats":
        return "habitats"
    return "thumbnails" if min(_first_readable(dataset).size) <= SMALL_PHOTOGRAPH else "photographs"


def _first_readable(dataset: Dataset) -> Image.Image:
    for row in range(len(dataset)):
        with suppress(ImageError):
            return dataset.source.image(row)
    raise DatasetError(f"`{dataset.ref}` has no readable picture in split `{dataset.split}`.")
