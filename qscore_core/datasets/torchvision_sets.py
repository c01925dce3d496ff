"""`torchvision:CIFAR10?root=...&download=1`: labelled image sets that torchvision reads."""

import inspect
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.error import URLError

import pandas as pd
from PIL import Image

from qscore_core.datasets.dataset import Dataset
from qscore_core.datasets.splits import WHOLE, choose_split
from qscore_core.datasets.torchvision_labels import class_names, content_digest, read_labels
from qscore_core.errors import BadReferenceError, DatasetError, ImageError
from qscore_core.progress import OnProgress, silent
from qscore_core.references import Reference
from qscore_core.workspace import Workspace

# Splits of the sets that take `split=` and have others than train and test.
SPLITS: dict[str, tuple[str, ...]] = {
    "CLEVRClassification": ("train", "val", "test"),
    "Country211": ("train", "valid", "test"),
    "DTD": ("train", "val", "test"),
    "FGVCAircraft": ("train", "val", "trainval", "test"),
    "Flowers102": ("train", "val", "test"),
    "ImageNet": ("train", "val"),
    "Imagenette": ("train", "val"),
    "OxfordIIITPet": ("trainval", "test"),
    "PCAM": ("train", "val", "test"),
    "Places365": ("train-standard", "train-challenge", "val"),
    "RenderedSST2": ("train", "val", "test"),
    "STL10": ("train", "test", "unlabeled"),
    "SVHN": ("train", "test", "extra"),
}
TRAIN_TEST = ("train", "test")
FAKE = "FakeData"
OWN_OPTIONS = {"root", "download"}
NOT_FOR_USERS = {"self", "train", "split", "transform", "target_transform", "transforms", "loader", "kwargs"}


@dataclass(frozen=True)
class Recipe:
    """How to make the set again in another process."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)

    def make(self) -> Any:
        """Raises what torchvision raises."""
        return getattr(_library(), self.name)(**self.arguments)


class TorchvisionSource:
    """Reads a torchvision set. A worker process gets the recipe and opens its own."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe

    def __reduce__(self) -> tuple[type["TorchvisionSource"], tuple[Recipe]]:
        return TorchvisionSource, (self.recipe,)

    @cached_property
    def made(self) -> Any:
        return self.recipe.make()

    def image(self, row: int) -> Image.Image:
        try:
            picture = self.made[row][0]
        except Exception as error:  # a damaged file can make a decoder fail in any way
            raise ImageError(f"Image {row} of torchvision's {self.recipe.name} cannot be read: {error}.") from error
        return picture.convert("RGB")

    def masks(self, row: int) -> None:
        """These sets have none."""
        del row


def open_torchvision(
    reference: Reference, split: str | None, workspace: Workspace, on_progress: OnProgress = silent
) -> Dataset:
    """One split; downloads only with `download=1`. Raises DatasetError where the files or the labels are missing."""
    chosen = choose_split(str(reference), split, torchvision_splits(reference, workspace))
    recipe = _recipe(reference, chosen, workspace)
    source = TorchvisionSource(recipe)
    made = _make(source, reference)
    labels = read_labels(made, recipe.name, on_progress)
    ids = [f"{recipe.name}/{chosen}/{row:05d}" for row in range(len(labels))]
    table = pd.DataFrame({"id": ids, "path": ids, "label": labels})
    local = {key: value for key, value in recipe.arguments.items() if key not in OWN_OPTIONS}
    digest = content_digest(made, labels, (recipe.name, chosen, sorted(local.items())))
    return Dataset(str(reference), chosen, class_names(made, labels), table, source, digest)


def torchvision_splits(reference: Reference, workspace: Workspace) -> tuple[str, ...]:
    """Splits of the set by name, without opening it."""
    del workspace
    parameters = _parameters(reference)
    if reference.body in SPLITS:
        return SPLITS[reference.body]
    return TRAIN_TEST if reference.body == FAKE or {"train", "split"} & set(parameters) else (WHOLE,)


def _library() -> ModuleType:
    """torchvision's sets, imported when one is asked for: the import takes seconds that no other scheme should pay."""
    import torchvision.datasets

    return torchvision.datasets


def _parameters(reference: Reference) -> dict[str, inspect.Parameter]:
    sets = _library()
    made = getattr(sets, reference.body, None) if reference.body in sets.__all__ else None
    parameters = dict(inspect.signature(made.__init__).parameters) if inspect.isclass(made) else {}
    if reference.body != FAKE and "root" not in parameters:
        raise BadReferenceError(
            f"Reference `{reference}` should name a labelled image set of torchvision.datasets, such as CIFAR10, "
            f"STL10, SVHN, Flowers102 or {FAKE}. Found `{reference.body}`."
        )
    reference.require_options(
        (set(parameters) | OWN_OPTIONS) - NOT_FOR_USERS - ({"root"} if reference.body == FAKE else set())
    )
    return parameters


def _recipe(reference: Reference, split: str, workspace: Workspace) -> Recipe:
    parameters = _parameters(reference)
    arguments = {key: _value(text) for key, text in reference.options.items() if key not in OWN_OPTIONS}
    if reference.body == FAKE:
        return Recipe(FAKE, _fake_arguments(arguments, split))
    default = workspace.root / "downloads" / reference.body
    arguments["root"] = str(Path(reference.options.get("root") or default).expanduser())
    if "download" in parameters:
        arguments["download"] = reference.options.get("download", "0") not in ("0", "false", "")
    if "train" in parameters:
        arguments["train"] = split == "train"
    elif "split" in parameters:
        arguments["split"] = split
    return Recipe(reference.body, arguments)


def _fake_arguments(arguments: dict[str, Any], split: str) -> dict[str, Any]:
    side, size = arguments.get("image_size", 64), arguments.get("size", 1000)
    # each picture is drawn from offset + row, so that the two splits share none
    return arguments | {"image_size": (3, side, side), "size": size, "random_offset": size * (split == "test")}


def _value(text: str) -> int | str:
    return int(text) if text.isdecimal() else text


def _make(source: TorchvisionSource, reference: Reference) -> Any:
    try:
        return source.made
    except (URLError, TimeoutError, ConnectionError) as error:
        raise DatasetError(
            f"Data set `{reference}` cannot be downloaded: no network ({getattr(error, 'reason', error)}). "
            "Put its files under `root=` as torchvision expects them."
        ) from error
    except (RuntimeError, OSError, ValueError, TypeError, ModuleNotFoundError) as error:
        advice = "" if source.recipe.arguments.get("download") else " Add `download=1` to fetch it, or set `root=`."
        raise DatasetError(f"Data set `{reference}` cannot be opened: {error}.{advice}") from error
