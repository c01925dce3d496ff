"""Representations made elsewhere, brought in as an array: `features:NAME`."""

import csv
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from qscore_core.datasets.dataset import UNLABELLED
from qscore_core.errors import DatasetError, RepresentationError
from qscore_core.references import parse_reference
from qscore_core.representations import MATRIX, Representations, close_artefact, open_representations
from qscore_core.workspace import Workspace, digest_of, digest_of_file, is_whole, read_json, write_json, writing

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
ARRAY_KEYS = ("representations", "features", "embeddings", "embedding", "h", "x")
NOT_FEATURES = {"id", "index", "label", "labels", "class", "target", "split", "path", "image_path"}
ROWS_AT_ONCE = 8192


@dataclass(frozen=True)
class ImportRequest:
    """Which files to bring in, under which name and split. `labels` and `images` hold one entry a row."""

    file: Path
    name: str
    split: str = "all"
    labels: Path | None = None
    images: Path | None = None


def import_features(request: ImportRequest, workspace: Workspace) -> Representations:
    """Checks an N x r array and stores it like extracted representations; importing a name and split again replaces it.

    Raises RepresentationError for anything that is not N finite rows of r numbers, DatasetError for labels or images
    of another length.
    """
    if not NAME.fullmatch(request.name) or not NAME.fullmatch(request.split):
        raise DatasetError(
            f"`name` and `split` should be letters, digits, dots, dashes. Found `{request.name}`, `{request.split}`."
        )
    array = read_array(request.file)
    classes, labels = _labels(request.labels, len(array))
    paths = _lines(request.images, len(array), "images") if request.images else [""] * len(array)
    digest = digest_of(
        {
            "files": [digest_of_file(f) for f in (request.file, request.labels, request.images) if f],
            "ref": f"features:{request.name}",
            "split": request.split,
        }
    )
    folder = workspace.artefact("representations", digest)
    with workspace.lock(folder):
        if not is_whole(folder):
            _write_matrix(array, folder / MATRIX, request.file)
            ids = [f"{request.name}/{request.split}/{row:07d}" for row in range(len(array))]
            table = pd.DataFrame({"id": ids, "path": paths, "label": labels, "split": request.split})
            manifest = {
                "digest": digest,
                "ref": f"features:{request.name}",
                "split": request.split,
                "dim": array.shape[1],
                "encoder": None,
            }
            close_artefact(folder, table, classes, [], manifest)
    _point(workspace, request.name, request.split, digest)
    return open_representations(folder)


def open_features(ref: str, split: str | None, workspace: Workspace) -> Representations:
    """Imported representations by reference; without a split the only one there is."""
    return open_representations(features_folder(ref, split, workspace))


def features_folder(ref: str, split: str | None, workspace: Workspace) -> Path:
    """Where they lie; raises DatasetError where there are none of that name or split."""
    name = parse_reference(ref, ("features",)).body
    splits = feature_splits(name, workspace)
    if split is None and len(splits) == 1:
        split = next(iter(splits))
    if split not in splits:
        raise DatasetError(f"`features:{name}` has the splits {', '.join(sorted(splits))}. Found `{split}`.")
    return workspace.root / "representations" / splits[split]


def feature_splits(name: str, workspace: Workspace) -> Mapping[str, str]:
    """Split -> digest of the imported arrays of a name."""
    pointer = _pointer(workspace, name)
    if not pointer.is_file():
        known = ", ".join(f"`features:{n}`" for n in imported_names(workspace)) or "none yet"
        raise DatasetError(f"`features:{name}` was not imported into this workspace. Imported: {known}.")
    return read_json(pointer)


def imported_names(workspace: Workspace) -> list[str]:
    return sorted(file.stem for file in (workspace.root / "features").glob("*.json"))


def _pointer(workspace: Workspace, name: str) -> Path:
    return workspace.root / "features" / f"{name}.json"


def _point(workspace: Workspace, name: str, split: str, digest: str) -> None:
    pointer = _pointer(workspace, name)
    with writing(pointer):
        pointer.parent.mkdir(parents=True, exist_ok=True)
    with workspace.lock(pointer.parent, wait_seconds=60):
        splits = read_json(pointer) if pointer.is_file() else {}
        write_json(pointer, {**splits, split: digest})


def read_array(file: Path) -> np.ndarray:
    """An N x r array of numbers from .npy, .npz or .parquet, memory-mapped where the format allows it."""
    readers = {".npy": _read_npy, ".npz": _read_npz, ".parquet": _read_parquet}
    if file.suffix not in readers:
        raise RepresentationError(f"`{file}` should end in .npy, .npz or .parquet.")
    if not file.is_file():
        raise RepresentationError(f"`{file}` is not a file.")
    try:
        array = readers[file.suffix](file)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise RepresentationError(f"`{file}` cannot be read as a {file.suffix} array: {error}") from error
    if array.ndim != 2 or array.shape[0] < 1 or array.shape[1] < 2 or array.dtype.kind not in "fiu":
        raise RepresentationError(
            f"`{file}` should hold numbers of shape N x r, one row an image. "
            f"Found shape {array.shape}, type {array.dtype}."
        )
    return array


def _read_npy(file: Path) -> np.ndarray:
    return np.load(file, mmap_mode="r", allow_pickle=False)


def _read_npz(file: Path) -> np.ndarray:
    with np.load(file, allow_pickle=False) as arrays:
        names = [key for key in ARRAY_KEYS if key in arrays.files] or arrays.files[: len(arrays.files) == 1]
        if not names:
            raise ValueError(f"it holds {', '.join(arrays.files)}; name one of them `{ARRAY_KEYS[0]}`")
        return arrays[names[0]]


def _read_parquet(file: Path) -> np.ndarray:
    frame = pd.read_parquet(file)
    lists = [key for key in ARRAY_KEYS if key in frame.columns]
    if lists:
        return np.stack(frame[lists[0]].to_numpy())
    beside = [name for name in frame.columns if str(name).lower() in NOT_FEATURES]
    if beside:
        raise ValueError(f"column `{beside[0]}` is no feature; leave it out (labels and paths have files of their own)")
    return frame.to_numpy()


def _write_matrix(array: np.ndarray, path: Path, source: Path) -> None:
    with writing(path), path.open("wb") as target:
        for first in range(0, len(array), ROWS_AT_ONCE):
            with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite and is refused below
                block = np.asarray(array[first : first + ROWS_AT_ONCE], dtype=np.float32)
            finite = np.isfinite(block).all(axis=1)
            if not finite.all():
                raise RepresentationError(
                    f"`{source}` should hold finite numbers. Found NaN or infinity in {int((~finite).sum())} rows, "
                    f"the first is row {first + int(np.flatnonzero(~finite)[0])}."
                )
            target.write(block.tobytes())


def _labels(file: Path | None, rows: int) -> tuple[tuple[str, ...], np.ndarray]:
    if file is None:
        return (), np.full(rows, UNLABELLED, np.int64)
    values = np.array(_lines(file, rows, "labels"))
    numeric = all(re.fullmatch(r"-?\d+", value) for value in values)
    classes = sorted(set(values.tolist()) - {"", "-1"}, key=int if numeric else str)
    number = {name: index for index, name in enumerate(classes)}
    return tuple(classes), np.array([number.get(value, UNLABELLED) for value in values.tolist()], np.int64)


def _lines(file: Path, rows: int, what: str) -> list[str]:
    """One text a row from .npy, from the lines of a text file, or from the first column of a CSV without a header."""
    if not file.is_file():
        raise DatasetError(f"`{file}` (given as {what}) is not a file.")
    try:
        values = _texts(file)
    except (ValueError, EOFError, OSError, csv.Error) as error:
        raise DatasetError(f"`{file}` cannot be read as {what}: {error}.") from error
    if len(values) != rows:
        raise DatasetError(
            f"`{file}` should hold one entry a row of the array. Found {len(values)} {what} for {rows} rows."
        )
    return values


def _texts(file: Path) -> list[str]:
    if file.suffix == ".npy":
        array = np.load(file, allow_pickle=False)
        if array.ndim != 1:
            raise ValueError(f"it should hold one entry a row, and has shape {array.shape}")
        return [str(value) for value in array.tolist()]
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    if file.suffix == ".csv":
        return [row[0].strip() for row in csv.reader(lines) if row]
    return [line.strip() for line in lines if line.strip()]
