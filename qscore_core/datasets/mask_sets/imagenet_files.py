"""Where the pictures of a user's own copy of ImageNet (ILSVRC2012) lie."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from qscore_core.datasets.listing import is_image_name
from qscore_core.errors import DatasetError
from qscore_core.references import Reference

WNID = re.compile(r"n\d{8}")
PLACES = ("", "Data/CLS-LOC", "ILSVRC/Data/CLS-LOC")  # torchvision's layout, Kaggle's


@dataclass(frozen=True)
class ImageNetSplit:
    """`folder` holds one folder a class, or all pictures where it is `flat`, as `val` is distributed."""

    folder: Path
    flat: bool

    def pictures(self, wnid: str) -> dict[str, Path]:
        """The pictures of a class by name without ending; in a flat folder all pictures."""
        return files_by_stem(self.folder if self.flat else self.folder / wnid)


def imagenet_split(root: Path, split: str, reference: Reference) -> ImageNetSplit:
    """Raises DatasetError where no folder of that split is found."""
    for place in PLACES:
        folder = root / place / split
        if folder.is_dir():
            with os.scandir(folder) as entries:
                flat = not any(WNID.fullmatch(entry.name) for entry in entries)
            return ImageNetSplit(folder, flat)
    raise DatasetError(
        f"`{reference}` needs ImageNet's `{split}` pictures as `{split}/<wnid>/<name>.JPEG`. "
        f"Found no folder `{split}` in `{root}`."
    )


def files_by_stem(folder: Path) -> dict[str, Path]:
    """Images of a folder by name without ending, whatever the ending; none where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if is_image_name(entry.name))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return {name.rpartition(".")[0]: folder / name for name in names}


def wnid_folders(folder: Path) -> list[str]:
    """Names of the class folders, in their order in ImageNet."""
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries if WNID.fullmatch(entry.name) and entry.is_dir())
