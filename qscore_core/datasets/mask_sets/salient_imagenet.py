"""`salient-imagenet:ROOT?imagenet=ROOT`: soft masks of core and spurious features on ImageNet's train pictures.

Singla and Feizi, ICLR 2022 (arXiv 2110.04301). ROOT is the unpacked `salient_imagenet_dataset`, `imagenet=` a copy of
ILSVRC2012, `votes=` the file of votes where it is not found beside the set. Research use only, under the set's licence.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from qscore_core.datasets.dataset import Dataset, Masks
from qscore_core.datasets.images import read_image, read_size
from qscore_core.datasets.listing import digest_of_files, printable
from qscore_core.datasets.mask_sets.imagenet_files import files_by_stem, imagenet_split
from qscore_core.datasets.mask_sets.object_masks import below, option_path, root_of
from qscore_core.datasets.mask_sets.salient_geometry import laid_back, require_stored_size
from qscore_core.datasets.mask_sets.salient_votes import (
    CORE,
    DICTIONARIES,
    SPURIOUS,
    find_votes,
    read_votes,
    read_wnids,
)
from qscore_core.datasets.splits import WHOLE, choose_split
from qscore_core.errors import BadReferenceError, DatasetError
from qscore_core.progress import Meter, OnProgress, silent
from qscore_core.references import Reference
from qscore_core.workspace import Workspace

NAMES = "image_names_map.csv"
FOLDER = "salient_imagenet_dataset"


@dataclass(frozen=True, eq=False)
class SalientSource:
    """Pictures, and of each the mask files of the features that list it, by kind."""

    paths: tuple[str, ...]
    files: tuple[dict[str, tuple[str, ...]], ...]

    def image(self, row: int) -> Image.Image:
        return read_image(self.paths[row])

    def masks(self, row: int) -> Masks:
        """The pixel-wise maximum over the features of a kind, as the authors combine them; None without one."""
        size = read_size(self.paths[row])
        return Masks(*(_combined(self.files[row].get(kind, ()), size) for kind in (CORE, SPURIOUS)))


def _combined(files: tuple[str, ...], size: tuple[int, int]) -> np.ndarray | None:
    masks = []
    for file in files:
        mask = read_image(file).convert("L")
        require_stored_size(mask, file)
        masks.append(np.asarray(mask, np.float32) / 255)
    return laid_back(np.max(masks, axis=0), size) if masks else None


@dataclass(eq=False)
class _Picture:
    path: Path
    label: int
    features: dict[str, list[int]] = field(default_factory=lambda: {CORE: [], SPURIOUS: []})
    files: dict[str, tuple[str, ...]] = field(default_factory=dict)


def open_salient_imagenet(
    reference: Reference, split: str | None, workspace: Workspace, on_progress: OnProgress = silent
) -> Dataset:
    """Every picture that a feature with votes lists and that is there; opens no image.

    A listed mask that is missing is left out, and so is a feature without votes. Raises DatasetError where the set,
    its votes or ImageNet's pictures are missing.
    """
    choose_split(str(reference), split, salient_imagenet_splits(reference, workspace))
    root = root_of(reference, [FOLDER], markers=DICTIONARIES)
    wnids = read_wnids(root)
    votes = read_votes(option_path(reference, "votes") or find_votes(root))
    found = _pictures(reference, root, wnids, votes, on_progress)
    if not found:
        raise DatasetError(
            f"`{reference}`: none of the pictures that `{root}` lists is in `{reference.options['imagenet']}`. "
            "Expected `train/<wnid>/<name>.JPEG`."
        )
    return _dataset(reference, root, found, tuple(wnids[index] for index in sorted(wnids)))


def salient_imagenet_splits(reference: Reference, workspace: Workspace) -> tuple[str, ...]:
    """One: the pictures are of ImageNet's train split."""
    del workspace
    reference.require_options({"imagenet", "votes"})
    if "imagenet" not in reference.options:
        raise BadReferenceError(
            f"Reference `{reference}` should say where ImageNet's pictures are: `?imagenet=PATH`, with "
            "`train/<wnid>/<name>.JPEG` inside. They are not part of Salient ImageNet."
        )
    return (WHOLE,)


def _pictures(
    reference: Reference, root: Path, wnids: dict[int, str], votes: dict[tuple[int, int], str], on_progress: OnProgress
) -> dict[str, _Picture]:
    imagenet = imagenet_split(Path(reference.options["imagenet"]).expanduser(), "train", reference)
    meter = Meter("listing Salient ImageNet", len(wnids), on_progress)
    found: dict[str, _Picture] = {}
    for label, index in enumerate(sorted(wnids)):
        folder = root / wnids[index]
        if (folder / NAMES).is_file():
            pictures = imagenet.pictures(wnids[index])
            for kind, feature, name, file in _masks_of_class(folder, index, votes):
                if name in pictures:
                    picture = found.setdefault(name, _Picture(pictures[name], label))
                    picture.features[kind].append(feature)
                    if file is not None:
                        picture.files[kind] = (*picture.files.get(kind, ()), str(file))
        meter.update(label + 1)
    return found


def _masks_of_class(
    folder: Path, index: int, votes: dict[tuple[int, int], str]
) -> Iterator[tuple[str, int, str, Path | None]]:
    """Kind, feature, picture's name and mask file (None where it is missing) of every entry of a class."""
    try:
        names = pd.read_csv(folder / NAMES, dtype=str)
    except (ValueError, OSError) as error:
        raise DatasetError(f"`{folder / NAMES}` should be a table with one column a feature. It is none.") from error
    for column in names:
        kind = votes.get((index, int(column))) if str(column).isdecimal() else None
        if kind is not None:
            files = files_by_stem(folder / f"feature_{column}")
            for name in names[column].dropna():
                yield kind, int(column), name, files.get(name)


def _dataset(reference: Reference, root: Path, found: dict[str, _Picture], classes: tuple[str, ...]) -> Dataset:
    pictures = list(found.values())
    listed = defaultdict(list)
    for picture in pictures:
        for kind in (CORE, SPURIOUS):
            listed[f"{kind}_features"].append(" ".join(map(str, picture.features[kind])))
    table = pd.DataFrame(
        {
            "id": list(found),
            "path": [printable(str(picture.path)) for picture in pictures],
            "label": [picture.label for picture in pictures],
            **listed,
        }
    )
    source = SalientSource(
        tuple(str(picture.path) for picture in pictures), tuple(picture.files for picture in pictures)
    )
    files = [str(picture.path) for picture in pictures]
    files += [file for picture in pictures for of_kind in picture.files.values() for file in of_kind]
    digest = digest_of_files(root, below(root, files), table.drop(columns="path").to_csv(index=False).encode())
    return Dataset(str(reference), WHOLE, classes, table, source, digest, has_masks=True)
