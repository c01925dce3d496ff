"""Slices: named selections of the images of one split, kept in the workspace.

A slice holds ids and never row numbers: it names the same pictures when files come and go, whichever encoder they are
seen through. Ids that the split no longer has are counted and told, not dropped in silence.
"""

import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from qscore_core.errors import SliceError
from qscore_core.workspace import Workspace, digest_of, read_json, write_json, writing

LONGEST_NAME = 80
DELETED = ".deleted"
UNREADABLE = (OSError, ValueError, TypeError, KeyError)


@dataclass(frozen=True)
class Slice:
    """`ids` of images of `split` of the data set `dataset`, in the order in which they were selected, each once.

    `source` says in words how they were selected, `made` when (Unix seconds).
    """

    name: str
    dataset: str
    split: str
    ids: tuple[str, ...]
    source: str = ""
    made: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", tuple(dict.fromkeys(self.ids)))

    @property
    def digest(self) -> str:
        """Of its name and its images: another slice may come under the same name."""
        return digest_of({"name": self.name, "ids": self.ids})

    def about(self) -> dict[str, Any]:
        """Everything but the ids, which are counted."""
        return {**asdict(self), "ids": len(self.ids)}


@dataclass(frozen=True, eq=False)
class Members:
    """Where a selection's images stand in a table: `rows` int64 in the selection's order, `unknown` ids it lacks."""

    rows: np.ndarray
    unknown: tuple[str, ...]


def members(ids: Sequence[str], among: pd.Series) -> Members:
    """Rows of `ids` in the column of ids `among`."""
    places = pd.Index(among.astype(str)).get_indexer(pd.Index(list(ids), dtype=object))
    return Members(places[places >= 0], tuple(name for name, place in zip(ids, places, strict=True) if place < 0))


def save_slice(chosen: Slice, workspace: Workspace) -> None:
    """Keeps a slice. Raises SliceError for a name that is taken or none, or where no image is selected."""
    chosen = replace(chosen, name=_checked_name(chosen.name))
    if not chosen.ids:
        raise SliceError(f"Slice `{chosen.name}` should hold at least one image. Select some, then save.")
    folder = _folder(workspace, chosen.dataset, chosen.split)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with workspace.lock(folder, wait_seconds=60):
        _require_free(chosen.name, folder)
        write_json(folder / _file_name(chosen.name), asdict(chosen))


def find_slice(name: str, dataset: str, split: str, workspace: Workspace) -> Slice:
    """A slice by its name. Raises SliceError where there is none or its file cannot be read."""
    file = _folder(workspace, dataset, split) / _file_name(name)
    if not file.is_file():
        known = ", ".join(f"`{found.name}`" for found in list_slices(workspace, dataset, split)) or "none yet"
        raise SliceError(f"`{dataset}` split `{split}` has no slice `{name}`. Saved: {known}.")
    try:
        return Slice(**read_json(file))
    except UNREADABLE as error:
        raise SliceError(f"Slice `{name}` cannot be read from `{file}` ({error}). Delete the file.") from error


def list_slices(workspace: Workspace, dataset: str | None = None, split: str | None = None) -> list[Slice]:
    """Slices, newest first: of one split, of a data set, or all. Files that cannot be read are passed over."""
    found = []
    for file in (workspace.root / "slices").glob("*/*.json"):
        with suppress(*UNREADABLE):
            found.append(Slice(**read_json(file)))
    wanted = [s for s in found if dataset in (None, s.dataset) and split in (None, s.split)]
    return sorted(wanted, key=lambda chosen: (-chosen.made, chosen.name))


def rename_slice(chosen: Slice, name: str, workspace: Workspace) -> Slice:
    """Gives a slice another name; the one it had is free again. Raises SliceError where the new one is taken."""
    renamed = replace(chosen, name=_checked_name(name))
    if renamed.name != chosen.name:
        save_slice(renamed, workspace)
        (_folder(workspace, chosen.dataset, chosen.split) / _file_name(chosen.name)).unlink(missing_ok=True)
    return renamed


def delete_slice(name: str, dataset: str, split: str, workspace: Workspace) -> Slice:
    """Takes a slice away and returns it; `restore_slice` brings it back."""
    chosen = find_slice(name, dataset, split, workspace)
    file = _folder(workspace, dataset, split) / _file_name(name)
    with writing(file):
        file.replace(file.with_suffix(DELETED))
    return chosen


def restore_slice(name: str, dataset: str, split: str, workspace: Workspace) -> Slice:
    """Brings the slice of this name back that was deleted last. Raises SliceError where there is none."""
    folder = _folder(workspace, dataset, split)
    deleted = (folder / _file_name(name)).with_suffix(DELETED)
    if not deleted.is_file():
        raise SliceError(f"No slice `{name}` of `{dataset}` split `{split}` was deleted.")
    with workspace.lock(folder, wait_seconds=60):
        _require_free(name, folder)
        with writing(folder):
            deleted.replace(folder / _file_name(name))
    return find_slice(name, dataset, split, workspace)


def _folder(workspace: Workspace, dataset: str, split: str) -> Path:
    return workspace.root / "slices" / digest_of({"dataset": dataset, "split": split})


def _file_name(name: str) -> str:
    # a digest: names are what people type, and a file system has other rules
    return f"{digest_of(name)}.json"


def _require_free(name: str, folder: Path) -> None:
    if (folder / _file_name(name)).is_file():
        raise SliceError(f"There is a slice `{name}` already. Choose another name, or delete that one first.")


def _checked_name(name: str) -> str:
    stripped = name.strip()
    if not stripped or len(stripped) > LONGEST_NAME or not stripped.isprintable():
        raise SliceError(f"A slice should have a name of 1 to {LONGEST_NAME} printable characters. Found {name!r}.")
    return stripped
