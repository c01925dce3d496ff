"""`folder:PATH`: images in folders, `PATH/<split>/<class>/*`, `PATH/<class>/*` or all in one, unlabelled."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from qscore_core.datasets.dataset import UNLABELLED, Dataset
from qscore_core.datasets.listing import (
    COMMON_ENDINGS,
    digest_of_files,
    image_folders,
    is_image_name,
    natural_key,
    printable,
    walk_files,
)
from qscore_core.datasets.sources import FileSource
from qscore_core.datasets.splits import WHOLE, choose_split
from qscore_core.errors import DatasetError
from qscore_core.progress import OnProgress, silent
from qscore_core.references import Reference
from qscore_core.workspace import Workspace

SPLIT_NAMES = {"train", "training", "val", "valid", "validation", "test", "testing", "swapped"}


@dataclass(frozen=True)
class FolderLayout:
    """`splits` maps each split to its folder; one class index for all splits, so that labels agree between them."""

    splits: dict[str, Path]
    classes: tuple[str, ...]


def open_folder(
    reference: Reference, split: str | None, workspace: Workspace, on_progress: OnProgress = silent
) -> Dataset:
    """Lists the images of one split; opens none. Raises DatasetError where there is no folder, split or image."""
    del workspace, on_progress  # a scheme's function takes what every scheme may need
    root = _root(reference)
    layout = read_layout(root)
    chosen = choose_split(str(reference), split, tuple(layout.splits))
    folder = layout.splits[chosen]
    files = _image_files(folder, layout.classes)
    if not files:
        raise DatasetError(_no_image(folder))
    prefix = "" if folder == root else f"{folder.name}/"
    index = {name: label for label, name in enumerate(layout.classes)}
    table = pd.DataFrame(
        {
            "id": [printable(prefix + file) for file in files],
            "path": [printable(str(folder / file)) for file in files],
            "label": [index.get(file.split("/")[0], UNLABELLED) if index else UNLABELLED for file in files],
        }
    )
    source = FileSource(tuple(str(folder / file) for file in files))
    digest = digest_of_files(folder, files, prefix.encode(errors="backslashreplace"))
    return Dataset(str(reference), chosen, layout.classes, table, source, digest)


def folder_splits(reference: Reference, workspace: Workspace) -> tuple[str, ...]:
    """Names of the splits in natural order; `all` for a folder without."""
    del workspace
    return tuple(read_layout(_root(reference)).splits)


def read_layout(root: Path) -> FolderLayout:
    """Decides which level holds splits and which holds classes.

    Subfolders are splits when each has a common name (train, val, test, ...) or subfolders of its own, or when one has
    both; a class called `train` between `bus` and `tram` stays a class.
    """
    inner = {folder: image_folders(folder) for folder in image_folders(root)}
    named = {folder for folder in inner if folder.name.lower() in SPLIT_NAMES}
    like_splits = [folder for folder in inner if inner[folder] or folder in named]
    if like_splits and (like_splits == list(inner) or any(inner[folder] for folder in named)):
        classes = {child.name for folder in like_splits for child in inner[folder]}
        splits = {printable(folder.name): folder for folder in like_splits}
    else:
        classes = {folder.name for folder in inner}
        splits = {WHOLE: root}
    return FolderLayout(splits, tuple(printable(name) for name in sorted(classes, key=natural_key)))


def _root(reference: Reference) -> Path:
    reference.require_options(set())
    root = Path(reference.body).expanduser()
    if not reference.body or not root.is_dir():
        found = "a file" if root.is_file() else "nothing there"
        raise DatasetError(f"`folder:PATH` should name a folder of images. Found {found}: `{reference.body}`.")
    return root


def _image_files(folder: Path, classes: tuple[str, ...]) -> list[str]:
    images = [file for file in walk_files(folder) if is_image_name(file.rsplit("/", 1)[-1])]
    in_classes = [file for file in images if "/" in file]
    # As torchvision's ImageFolder does: beside class folders, loose files are not part of the set.
    return in_classes if classes and in_classes else images


def _no_image(folder: Path) -> str:
    others = [file for _, file in zip(range(1000), walk_files(folder), strict=False)]
    found = f"{len(others)} other files such as `{printable(others[0])}`" if others else "no file at all"
    return f"Folder `{folder}` holds no image. Looked for {', '.join(COMMON_ENDINGS)}, ...; found {found}."
