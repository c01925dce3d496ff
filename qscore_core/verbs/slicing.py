"""`slices`: named selections of images: list, show, save, rename, delete, restore, export."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from qscore_core.datasets import Dataset, open_dataset
from qscore_core.errors import SettingsError, SliceError
from qscore_core.imported import open_features
from qscore_core.selection_export import TABLE_FORMATS, write_pictures
from qscore_core.slices import (
    Members,
    Slice,
    delete_slice,
    find_slice,
    list_slices,
    members,
    rename_slice,
    restore_slice,
    save_slice,
)
from qscore_core.verbs._common import Session
from qscore_core.verbs._stored import default_split
from qscore_core.workspace import write_atomic, writing

PICTURES = ".zip"
ENDINGS = (*TABLE_FORMATS, PICTURES)


@dataclass(frozen=True)
class SliceRequest:
    """The options of `slices` as typed."""

    name: str | None
    dataset: str | None
    split: str | None
    ids: Path | None
    to: str | None
    out: Path | None


@dataclass(frozen=True)
class _Asked:
    """A request whose slice and split are known by name."""

    name: str
    dataset: str
    split: str
    request: SliceRequest
    session: Session

    def found(self) -> Slice:
        return find_slice(self.name, self.dataset, self.split, self.session.workspace)


def slices(action: str, request: SliceRequest, session: Session) -> list[dict[str, Any]]:
    """What an action on slices says: one row a slice."""
    if action == "list":
        return [chosen.about() for chosen in list_slices(session.workspace, request.dataset, request.split)]
    if action not in ACTIONS:
        raise SettingsError(f"`action` should be one of list, {', '.join(ACTIONS)}. Found `{action}`.")
    if request.name is None or request.dataset is None:
        raise SettingsError(f"`slices {action}` should name a slice and its --dataset; `slices list` shows both.")
    split = default_split(request.dataset, request.split, session, "test")
    assert split is not None  # `default_split` gives None only for a split that was wanted as None
    return [ACTIONS[action](_Asked(request.name, request.dataset, split, request, session))]


def _show(asked: _Asked) -> dict[str, Any]:
    chosen = asked.found()
    return {**chosen.about(), "unknown": len(_members(asked, chosen).unknown), "members": list(chosen.ids)}


def _save(asked: _Asked) -> dict[str, Any]:
    file = asked.request.ids
    if file is None or not file.is_file():
        raise SettingsError(f"`slices save` should name a file with one image id a line, --ids FILE. Found `{file}`.")
    ids = tuple(line.strip() for line in file.read_text(encoding="utf-8-sig").splitlines() if line.strip())
    chosen = Slice(asked.name, asked.dataset, asked.split, ids, f"ids in {file.name}")
    unknown = _members(asked, chosen).unknown
    if unknown:
        raise SliceError(
            f"`{file}` should hold ids of `{asked.dataset}` split `{asked.split}` only. Found {len(unknown)} of "
            f"{len(ids)} that it does not have, the first is `{unknown[0]}`."
        )
    save_slice(chosen, asked.session.workspace)
    return chosen.about()


def _rename(asked: _Asked) -> dict[str, Any]:
    if asked.request.to is None:
        raise SettingsError("`slices rename` should name the new name, --to NAME.")
    return rename_slice(asked.found(), asked.request.to, asked.session.workspace).about()


def _delete(asked: _Asked) -> dict[str, Any]:
    return delete_slice(asked.name, asked.dataset, asked.split, asked.session.workspace).about()


def _restore(asked: _Asked) -> dict[str, Any]:
    return restore_slice(asked.name, asked.dataset, asked.split, asked.session.workspace).about()


def _export(asked: _Asked) -> dict[str, Any]:
    out, chosen = asked.request.out, asked.found()
    if out is None or out.suffix not in ENDINGS:
        raise SettingsError(f"`slices export` should name a file, --out FILE, ending in {', '.join(ENDINGS)}.")
    found = _members(asked, chosen)
    if found.unknown:
        asked.session.say(f"{len(found.unknown)} of {len(chosen.ids)} ids are no longer in the split; left out.")
    table = _rows(asked).iloc[found.rows]
    if out.suffix == PICTURES:
        _write_pictures(asked, table, out)
    else:
        write_atomic(out, TABLE_FORMATS[out.suffix](table))
    return {**chosen.about(), "unknown": len(found.unknown), "out": str(out)}


def _write_pictures(asked: _Asked, table: pd.DataFrame, out: Path) -> None:
    dataset = _dataset(asked)
    partial = out.with_name(f".{out.name}.part")
    try:
        with writing(out), partial.open("wb") as file:
            write_pictures(table, dataset, file)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def _rows(asked: _Asked) -> pd.DataFrame:
    if asked.dataset.startswith("features:"):
        return open_features(asked.dataset, asked.split, asked.session.workspace).table
    dataset = _dataset(asked)
    return dataset.table.assign(class_name=dataset.class_names())


def _dataset(asked: _Asked) -> Dataset:
    if asked.dataset.startswith("features:"):
        raise SliceError(f"`{asked.dataset}` came as an array, without pictures: export a table instead.")
    workspace, tell = asked.session.workspace, asked.session.tell
    return open_dataset(asked.dataset, asked.split, workspace=workspace, on_progress=tell)


def _members(asked: _Asked, chosen: Slice) -> Members:
    return members(chosen.ids, _rows(asked)["id"])


ACTIONS: dict[str, Callable[[_Asked], dict[str, Any]]] = {
    "show": _show,
    "save": _save,
    "rename": _rename,
    "delete": _delete,
    "restore": _restore,
    "export": _export,
}
