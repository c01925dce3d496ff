"""`imagenet-boxes:ROOT`: ImageNet's localisation boxes as masks: the boxes of the picture's own class, filled.

ROOT holds the pictures as torchvision or Kaggle lays them out; the boxes are `Annotations/CLS-LOC/{train/<wnid>,val}`
(one XML file a picture) or Kaggle's `LOC_{train,val}_solution.csv`, beside the pictures or where `boxes=` says.
"""

from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd

from qscore_core.datasets.dataset import Dataset
from qscore_core.datasets.listing import natural_key
from qscore_core.datasets.mask_sets.imagenet_files import PLACES, imagenet_split
from qscore_core.datasets.mask_sets.object_masks import (
    SPURIOUS,
    Listing,
    ObjectSource,
    listed,
    option_path,
    wants_background,
)
from qscore_core.datasets.splits import choose_split
from qscore_core.errors import DatasetError, ImageError
from qscore_core.progress import Meter, OnProgress, silent
from qscore_core.references import Reference
from qscore_core.workspace import Workspace

SPLITS = ("train", "val")
XML_PLACES = ("Annotations/CLS-LOC", "ILSVRC/Annotations/CLS-LOC", "CLS-LOC", "")
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Boxes:
    """Corners left, top, right, bottom in pixels, ends included, by wnid; `size` (width, height) where it is known."""

    of: dict[str, tuple[Box, ...]]
    size: tuple[int, int] | None = None

    @property
    def wnid(self) -> str:
        """The class of the picture: ImageNet annotates no other."""
        return next(iter(self.of))


@dataclass(frozen=True, eq=False)
class FilledBoxes:
    """The object is the union of the boxes of the picture's class, from a file each or as they were listed."""

    boxes: tuple[Path | Boxes, ...]
    wnids: tuple[str, ...]

    def __call__(self, row: int, size: tuple[int, int]) -> np.ndarray:
        kept = self.boxes[row]
        found = kept if isinstance(kept, Boxes) else read_xml(kept)
        return filled(found.of.get(self.wnids[row], ()), found.size or size, size)


def filled(boxes: tuple[Box, ...], annotated: tuple[int, int], size: tuple[int, int]) -> np.ndarray:
    """bool [height, width]; boxes were drawn on a picture of the size `annotated`, which some copies do not have."""
    mask = np.zeros(size[::-1], bool)
    across, down = size[0] / annotated[0], size[1] / annotated[1]
    for left, top, right, bottom in boxes:
        rows = slice(round(max(top, 0) * down), max(round((bottom + 1) * down), 0))
        mask[rows, round(max(left, 0) * across) : max(round((right + 1) * across), 0)] = True
    return mask


def read_xml(path: Path) -> Boxes:
    """Boxes of an annotation in Pascal VOC's form. Raises ImageError where it is none."""
    try:
        tree, boxes = ElementTree.parse(path), {}
        for thing in tree.iterfind("object"):
            corners = tuple(float(thing.findtext(f"bndbox/{end}", "")) for end in ("xmin", "ymin", "xmax", "ymax"))
            name = thing.findtext("name", "")
            boxes[name] = (*boxes.get(name, ()), corners)
        size = (int(tree.findtext("size/width", "0")), int(tree.findtext("size/height", "0")))
    except (ElementTree.ParseError, OSError, ValueError) as error:
        raise ImageError(f"`{path}` should be an annotation with boxes in XML. It cannot be read: {error}.") from error
    if not boxes:
        raise ImageError(f"`{path}` should hold at least one `object`. Found none.")
    return Boxes(boxes, size if min(size) > 0 else None)


def read_solution(path: Path) -> dict[str, Boxes]:
    """Boxes by picture from Kaggle's table `ImageId,PredictionString`. Raises DatasetError where it is another."""
    try:
        table = pd.read_csv(path, usecols=["ImageId", "PredictionString"], dtype=str)
        return {name: _boxes(text.split()) for name, text in table.dropna().itertuples(index=False)}
    except (ValueError, OSError) as error:
        raise DatasetError(
            f"`{path}` should be a table `ImageId,PredictionString` with five values a box (class and four corners). "
            f"It cannot be read: {str(error).splitlines()[0]}."
        ) from error


def _boxes(values: list[str]) -> Boxes:
    boxes: dict[str, tuple[Box, ...]] = {}
    for start in range(0, len(values), 5):
        wnid, left, top, right, bottom = values[start : start + 5]
        boxes[wnid] = (*boxes.get(wnid, ()), (float(left), float(top), float(right), float(bottom)))
    return Boxes(boxes)


def open_imagenet_boxes(
    reference: Reference, split: str | None, workspace: Workspace, on_progress: OnProgress = silent
) -> Dataset:
    """One row a picture that has boxes; opens no image, but the annotations where no folder names the class."""
    chosen = choose_split(str(reference), split, imagenet_boxes_splits(reference, workspace))
    root = Path(reference.body).expanduser()
    imagenet = imagenet_split(root, chosen, reference)
    kept = _find_boxes(reference, root, chosen)
    meter, wnids = Meter("listing boxes", len(kept), on_progress), {}
    for done, (name, boxes) in enumerate(kept.items(), 1):
        in_folder = isinstance(boxes, Path) and chosen == "train"
        wnids[name] = boxes.parent.name if in_folder else (boxes if isinstance(boxes, Boxes) else read_xml(boxes)).wnid
        meter.update(done)
    classes = tuple(sorted(set(wnids.values())))
    pictures = {wnid: imagenet.pictures(wnid) for wnid in ([""] if imagenet.flat else classes)}
    places = {name: pictures["" if imagenet.flat else wnids[name]].get(name) for name in kept}
    names = sorted((name for name, place in places.items() if place), key=natural_key)
    number = {wnid: label for label, wnid in enumerate(classes)}
    listing = Listing(
        root=root,
        ids=names,
        images=[place for name in names if (place := places[name])],
        masks=[path for name in names if isinstance(path := kept[name], Path)],
        labels=[number[wnids[name]] for name in names],
        classes=classes,
    )
    reader = FilledBoxes(tuple(kept[name] for name in names), tuple(wnids[name] for name in names))
    return listed(reference, chosen, listing, ObjectSource(listing.paths, reader, wants_background(reference)))


def imagenet_boxes_splits(reference: Reference, workspace: Workspace) -> tuple[str, ...]:
    """Those of train and val whose pictures are there."""
    del workspace
    reference.require_options({"boxes", SPURIOUS})
    root = Path(reference.body).expanduser()
    found = tuple(split for split in SPLITS if any((root / place / split).is_dir() for place in PLACES))
    if not reference.body or not found:
        raise DatasetError(
            "`imagenet-boxes:ROOT` should name ImageNet's folder, with `train/<wnid>/` or `val/` inside. "
            f"Found neither in `{reference.body}`."
        )
    return found


def _find_boxes(reference: Reference, root: Path, split: str) -> dict[str, Path | Boxes]:
    """Annotation file or boxes by picture."""
    given = option_path(reference, "boxes")
    if given is not None and given.is_file():
        return dict(read_solution(given))
    for base in [given] if given else [root, root.parent]:
        for place in XML_PLACES:
            folder = base / place / split
            files = sorted(folder.glob("**/*.xml")) if folder.is_dir() else []
            if files:
                return {file.stem: file for file in files}
        table = base / f"LOC_{split}_solution.csv"
        if table.is_file():
            return dict(read_solution(table))
    raise DatasetError(
        f"`{reference}` needs the boxes of `{split}`: `Annotations/CLS-LOC/{split}/` with XML files or "
        f"`LOC_{split}_solution.csv`. Found neither beside the pictures; say where with `boxes=PATH`."
    )
