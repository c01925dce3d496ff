"""The settings that a run gets unless told otherwise, chosen by the data."""

from contextlib import suppress
from dataclasses import replace

from PIL import Image

from qscore_core.datasets.dataset import Dataset
from qscore_core.errors import DatasetError, ImageError, SettingsError
from qscore_core.objectives import METHODS, SimCLRSettings, ViewRecipe
from qscore_core.training.networks import NETWORKS
from qscore_core.training.settings import PretrainSettings

SMALL_PHOTOGRAPH = 48  # pixels of the shorter side up to which pictures count as thumbnails

RECIPES: dict[tuple[str, str], PretrainSettings] = {
    ("simclr", "habitats"): PretrainSettings(
        dataset="habitats",
        objective=SimCLRSettings(ViewRecipe(size=48, scale=(0.1, 1.0))),
        network=NETWORKS["habitats-r512"],
        epochs=50,
        batch_size=128,
        learning_rate=2e-3,
        weight_decay=5e-2,
    ),
    ("simclr", "thumbnails"): PretrainSettings(
        dataset="",
        objective=SimCLRSettings(ViewRecipe(size=32)),
        network=NETWORKS["cifar-r512"],
        epochs=10,
        learning_rate=2e-3,
        warmup_epochs=1.0,
    ),
    ("simclr", "photographs"): PretrainSettings(
        dataset="",
        objective=SimCLRSettings(ViewRecipe(size=224, blur_probability=0.5), hidden_dim=2048),
        network=NETWORKS["resnet18"],
        epochs=100,
        learning_rate=1e-3,
        warmup_epochs=10.0,
    ),
}


def default_settings(method: str, dataset: Dataset) -> PretrainSettings:
    """The recipe of a method for a data set: Habitats has its own, other data go by the first readable picture's size.

    Raises SettingsError for an unknown method, DatasetError when no picture can be read.
    """
    if method not in METHODS:
        raise SettingsError(
            f"`method` should be one of {', '.join(f'`{name}`' for name in METHODS)}. Found `{method}`."
        )
    return replace(RECIPES[method, _kind(dataset)], dataset=dataset.ref, split=dataset.split)


def _kind(dataset: Dataset) -> str:
    if dataset.ref == "habitats":
        return "habitats"
    return "thumbnails" if min(_first_readable(dataset).size) <= SMALL_PHOTOGRAPH else "photographs"


def _first_readable(dataset: Dataset) -> Image.Image:
    for row in range(len(dataset)):
        with suppress(ImageError):
            return dataset.source.image(row)
    raise DatasetError(f"`{dataset.ref}` has no readable picture in split `{dataset.split}`.")
