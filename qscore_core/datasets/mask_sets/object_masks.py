"""What the sets with one mask of the object share: where they lie, their table, the object as the core.

Everything outside the object counts as spurious only where a set says so or the reference does
(`?spurious=background`): a background is not by itself a false clue.
"""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
from PIL import Image

from qscore_core.datasets.dataset import Dataset, Masks
from qscore_core.datasets.images import read_image, read_size
from qscore_core.datasets.listing import digest_of_files, printable
from qscore_core.errors import BadReferenceError, DatasetError
from qscore_core.references import Reference

SPURIOUS = "spurious"
BACKGROUND = "background"
READING = (SPURIOUS, "border")  # options that change what is read off the same files


class ObjectReader(Protocol):
    """Picklable. The object of a picture of `size` (width, height) as a mask, None if the set has none for it."""

    def __call__(self, row: int, size: tuple[int, int]) -> np.ndarray | None: ...


@dataclass(frozen=True, eq=False)
class ObjectSource:
    """Pictures from files; `background` makes everything outside the object spurious."""

    paths: tuple[str, ...]
    read_object: ObjectReader
    background: bool

    def image(self, row: int) -> Image.Image:
        return read_image(self.paths[row])

    def masks(self, row: int) -> Masks | None:
        core = self.read_object(row, read_size(self.paths[row]))
        if core is None:
            return None
        outside = ~core if core.dtype == bool else 1 - core
        return Masks(core, outside if self.background else None)


@dataclass(frozen=True, eq=False)
class Listing:
    """The pictures of a split: a row each, with its files below `root`, which the digest covers."""

    root: Path
    ids: Sequence[str]
    images: Sequence[Path]
    masks: Sequence[Path]
    labels: Sequence[int]
    classes: tuple[str, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(map(str, self.images))


def listed(
    reference: Reference,
    split: str,
    found: Listing,
    source: ObjectSource,
    **columns: Iterable[object],
) -> Dataset:
    """The data set of a listing, with further columns of its table. Raises DatasetError where it is empty."""
    if not found.ids:
        raise DatasetError(f"`{reference}` split `{split}` lists no picture that is there, below `{found.root}`.")
    table = pd.DataFrame({"id": found.ids, "path": list(map(printable, found.paths)), "label": found.labels, **columns})
    options = str(sorted((name, value) for name, value in reference.options.items() if name in READING)).encode()
    digest = digest_of_files(found.root, below(found.root, (*found.images, *found.masks)), options)
    return Dataset(str(reference), split, found.classes, table, source, digest, has_masks=True)


def below(root: Path, files: Iterable[Path | str]) -> list[str]:
    """Paths as seen from `root`, so that moving everything together changes no digest."""
    return [os.path.relpath(file, root) for file in files]


def wants_background(reference: Reference) -> bool:
    """Whether `?spurious=background` is given. Raises BadReferenceError for another value."""
    value = reference.options.get(SPURIOUS)
    if value not in (None, BACKGROUND):
        raise BadReferenceError(f"Reference `{reference}`: `spurious` should be `background`. Found `{value}`.")
    return value == BACKGROUND


def root_of(reference: Reference, inside: Sequence[str], *, markers: Sequence[str]) -> Path:
    """The set's folder: the one that is named or one `inside` it (patterns), where one of the `markers` lies.

    Raises DatasetError where none holds a marker.
    """
    root = Path(reference.body).expanduser()
    inner = [folder for pattern in inside for folder in sorted(root.glob(pattern), reverse=True)]
    for folder in (root, *inner) if reference.body else ():
        if any((folder / marker).exists() for marker in markers):
            return folder
    found = "nothing there" if not reference.body or not root.exists() else "no such thing in it"
    raise DatasetError(
        f"`{reference.scheme}:ROOT` should name the folder `{inside[0]}` or one around it, with `{markers[0]}` inside. "
        f"Found {found}: `{reference.body}`."
    )


def option_path(reference: Reference, name: str) -> Path | None:
    """A path given as an option. Raises DatasetError where nothing is there."""
    if name not in reference.options:
        return None
    path = Path(reference.options[name]).expanduser()
    if not path.exists():
        raise DatasetError(f"`{reference}`: `{name}=` should name a file or folder. Found nothing at `{path}`.")
    return path


def text_rows(path: Path, columns: int) -> list[list[str]]:
    """Rows of a text file of values between blanks, comments (#) left out.

    Raises DatasetError where a row has fewer than `columns` values.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"`{path}` should be a text file. It cannot be read: {error}.") from error
    rows = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    for number, row in enumerate(rows, 1):
        if len(row) < columns:
            raise DatasetError(f"`{path}` should have {columns} values a row. Found {len(row)} in row {number}.")
    return rows
