"""Selected images as files to take away: a table, a list of ids, or the pictures themselves."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pandas as pd

from qscore_core.datasets.dataset import Dataset
from qscore_core.errors import ImageError
from qscore_core.slices import members

MOST_PICTURES = 5000
UNREADABLE = "could-not-be-read.txt"


def as_csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False).encode()


def as_parquet(table: pd.DataFrame) -> bytes:
    held = io.BytesIO()
    table.to_parquet(held, index=False)
    return held.getvalue()


def as_ids(table: pd.DataFrame) -> bytes:
    """One id a line, in the table's order."""
    return "".join(f"{name}\n" for name in table["id"]).encode()


TABLE_FORMATS: dict[str, Callable[[pd.DataFrame], bytes]] = {".csv": as_csv, ".parquet": as_parquet, ".txt": as_ids}


def write_pictures(table: pd.DataFrame, dataset: Dataset, target: IO[bytes]) -> None:
    """The first `MOST_PICTURES` pictures of a table as a zip with `table.csv` beside them.

    A file is taken as it is, a picture out of an archive as PNG; numbers in front of the names keep the table's order.
    What cannot be read is named in `could-not-be-read.txt`.
    """
    shown = table.head(MOST_PICTURES)
    rows = members(shown["id"].astype(str).tolist(), dataset.table["id"]).rows
    failed = []
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("table.csv", as_csv(table))
        for place, row in enumerate(rows):
            try:
                name, content = _picture(dataset, int(row))
                archive.writestr(f"images/{place:05d}-{name}", content)
            except (ImageError, OSError) as error:
                failed.append(f"{dataset.table['id'].iloc[row]}: {error}\n")
        if failed:
            archive.writestr(UNREADABLE, "".join(failed))


def _picture(dataset: Dataset, row: int) -> tuple[str, bytes]:
    """A file name without folders, and the picture's bytes."""
    path = Path(str(dataset.table["path"].iloc[row]))
    if path.is_file():
        return path.name, path.read_bytes()
    held = io.BytesIO()
    dataset.source.image(row).save(held, "PNG")
    return f"{Path(str(dataset.table['id'].iloc[row])).name}.png", held.getvalue()
