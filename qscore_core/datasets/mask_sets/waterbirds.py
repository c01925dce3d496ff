"""`waterbirds:ROOT`: birds of CUB pasted onto land and water (Sagawa et al., ICLR 2020), core and spurious known.

ROOT is `waterbird_complete95_forest2water2`; masks are CUB's segmentations, because each bird stays where it was, and
everything else is spurious by construction. They are looked for beside ROOT, in `CUB_200_2011`, or in `segmentations=`.
"""

from pathlib import Path

import pandas as pd

from qscore_core.datasets.dataset import Dataset
from qscore_core.datasets.mask_sets.cub import SEGMENTATIONS, SoftSegmentations, find_segmentations
from qscore_core.datasets.mask_sets.object_masks import Listing, ObjectSource, listed, root_of
from qscore_core.datasets.splits import choose_split
from qscore_core.errors import DatasetError
from qscore_core.progress import OnProgress, silent
from qscore_core.references import Reference
from qscore_core.workspace import Workspace

FOLDER, TABLE = "waterbird_complete95_forest2water2", "metadata.csv"
SPLITS = ("train", "val", "test")  # 0, 1, 2 in the table
CLASSES = ("landbird", "waterbird")
COLUMNS = ("img_filename", "y", "split", "place")


def open_waterbirds(
    reference: Reference, split: str | None, workspace: Workspace, on_progress: OnProgress = silent
) -> Dataset:
    """The pictures of a split, with `habitat_fits`: whether the bird stands where its kind lives; opens none."""
    del on_progress
    chosen = choose_split(str(reference), split, waterbirds_splits(reference, workspace))
    root = root_of(reference, [FOLDER], markers=[TABLE])
    rows = _table(root / TABLE)
    rows = rows[rows["split"] == SPLITS.index(chosen)]
    bases = [root, root.parent, root.parent / "CUB_200_2011", root / "CUB_200_2011"]
    segmentations = find_segmentations(reference, bases)
    masks = [segmentations / Path(name).with_suffix(".png") for name in rows["img_filename"]]
    there = [mask if mask.is_file() else None for mask in masks]
    listing = Listing(
        root=root,
        ids=list(rows["img_filename"]),
        images=[root / name for name in rows["img_filename"]],
        masks=[mask for mask in there if mask],
        labels=list(rows["y"]),
        classes=CLASSES,
    )
    reader = SoftSegmentations(tuple(mask and str(mask) for mask in there))
    columns = {
        "place": ["land" if place == 0 else "water" for place in rows["place"]],
        "habitat_fits": (rows["y"] == rows["place"]).to_numpy(),
    }
    return listed(reference, chosen, listing, ObjectSource(listing.paths, reader, background=True), **columns)


def waterbirds_splits(reference: Reference, workspace: Workspace) -> tuple[str, ...]:
    """Train, val and test."""
    del workspace
    reference.require_options({SEGMENTATIONS})
    root_of(reference, [FOLDER], markers=[TABLE])
    return SPLITS


def _table(path: Path) -> pd.DataFrame:
    try:
        rows = pd.read_csv(path, usecols=list(COLUMNS))
        return rows.astype({"y": int, "split": int, "place": int})
    except (ValueError, OSError) as error:
        raise DatasetError(
            f"`{path}` should be a table with the columns {', '.join(f'`{name}`' for name in COLUMNS)}. "
            f"It cannot be read: {str(error).splitlines()[0]}."
        ) from error
