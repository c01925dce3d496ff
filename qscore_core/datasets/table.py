"""`table:FILE`: a CSV or Parquet file with one row an image."""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pandas as pd

from qscore_core.datasets.dataset import UNLABELLED, Dataset
from qscore_core.datasets.listing import digest_of_files, natural_key
from qscore_core.datasets.sources import FileSource
from qscore_core.datasets.splits import WHOLE, choose_split
from qscore_core.datasets.table_reading import read_table
from qscore_core.errors import DatasetError
from qscore_core.progress import OnProgress, silent
from qscore_core.references import Reference
from qscore_core.workspace import Workspace

MASK_COLUMNS = ("core_mask", "spurious_mask")


@dataclass(frozen=True)
class TableOptions:
    """Columns that `table:` gives a meaning; all others are kept as they are."""

    image: str = "image_path"
    optional: tuple[str, ...] = ("id", "label", "split", *MASK_COLUMNS)

    @property
    def known(self) -> tuple[str, ...]:
        return (self.image, *self.optional)


COLUMNS = TableOptions()


def open_table(
    reference: Reference, split: str | None, workspace: Workspace, on_progress: OnProgress = silent
) -> Dataset:
    """Reads the rows of one split; paths are relative to the table. Opens no image.

    Raises DatasetError for a file that is no table, a missing column or path, duplicate ids.
    """
    del workspace, on_progress  # a scheme's function takes what every scheme may need
    path, rows = _read(reference)
    chosen = choose_split(str(reference), split, _splits(rows))
    classes = _classes(rows, path)
    rows = rows if chosen == WHOLE and "split" not in rows else rows[rows["split"] == chosen]
    ids = rows["id"] if "id" in rows else rows[COLUMNS.image]
    _require_unique(ids, path, named="id" in rows)
    files, masks = _absolute(rows, COLUMNS.image, path), [_absolute(rows, name, path) for name in MASK_COLUMNS]
    table = _table(rows, ids, files, classes)
    has_masks = any(mask is not None and any(mask) for mask in masks)
    columns = table.drop(columns="path").to_csv(index=False).encode()
    listed = [rows[name].dropna() for name in (COLUMNS.image, *MASK_COLUMNS) if name in rows]
    digest = digest_of_files(path.parent, chain(*listed), columns)
    return Dataset(str(reference), chosen, classes, table, FileSource(files, *masks), digest, has_masks)


def table_splits(reference: Reference, workspace: Workspace) -> tuple[str, ...]:
    """Values of the `split` column in natural order; `all` for a table without."""
    del workspace
    return _splits(_read(reference)[1])


def _read(reference: Reference) -> tuple[Path, pd.DataFrame]:
    reference.require_options(set())
    path = Path(reference.body).expanduser()
    rows = read_table(path, COLUMNS.known)
    if COLUMNS.image not in rows:
        listed = ", ".join(f"`{name}`" for name in rows.columns[:12]) or "none"
        raise DatasetError(f"Table `{path}` should have a column `{COLUMNS.image}`. Found the columns {listed}.")
    if rows.empty:
        raise DatasetError(f"Table `{path}` has no rows. Expected one row an image.")
    for column in [name for name in (COLUMNS.image, "id", "split") if name in rows]:
        empty = rows.index[rows[column].isna()]
        if len(empty):
            raise DatasetError(
                f"Table `{path}` should have a value of `{column}` in every row. "
                f"Found {len(empty):,} without, first row {empty[0] + 1} (counted from 1 below the header)."
            )
    return path, rows


def _splits(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(sorted(rows["split"].unique(), key=natural_key)) if "split" in rows else (WHOLE,)


def _classes(rows: pd.DataFrame, path: Path) -> tuple[str, ...]:
    if "label" not in rows:
        return ()
    names = tuple(sorted(rows["label"].dropna().unique(), key=natural_key))
    fraction = next((name for name in names if "." in name and name.replace(".", "", 1).isdecimal()), None)
    if fraction is not None:
        raise DatasetError(f"Table `{path}`: `label` should hold class names or whole numbers. Found {fraction}.")
    return names


def _require_unique(ids: pd.Series, path: Path, *, named: bool) -> None:
    repeated = ids[ids.duplicated(keep=False)]
    if repeated.empty:
        return
    first = repeated.iloc[0]
    rows = [str(row + 1) for row in repeated.index[repeated == first][:5]]
    origin = "`id`" if named else f"`{COLUMNS.image}`, which serves as `id` where that column is missing,"
    raise DatasetError(
        f"Table `{path}`: {origin} should be different in every row of a split. "
        f"Found `{first}` in rows {', '.join(rows)} (counted from 1 below the header)."
    )


def _absolute(rows: pd.DataFrame, column: str, path: Path) -> tuple[str, ...] | None:
    if column not in rows:
        return None
    return tuple(None if pd.isna(name) else str(path.parent / Path(name).expanduser()) for name in rows[column])


def _table(rows: pd.DataFrame, ids: pd.Series, files: tuple[str, ...], classes: tuple[str, ...]) -> pd.DataFrame:
    index = {name: label for label, name in enumerate(classes)}
    labels = rows["label"].map(index).fillna(UNLABELLED).astype(int) if classes else UNLABELLED
    others = rows.drop(columns=[name for name in COLUMNS.known if name in rows])
    # a user's own `path` column gives way to the image's
    others = others.rename(columns={"path": "path_in_table"})
    return pd.concat([pd.DataFrame({"id": ids, "path": files, "label": labels}), others], axis=1).reset_index(drop=True)
