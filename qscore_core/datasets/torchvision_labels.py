"""Labels, class names and digest of a torchvision set, without decoding its images where that can be."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from qscore_core.datasets.dataset import UNLABELLED
from qscore_core.errors import DatasetError
from qscore_core.progress import Meter, OnProgress
from qscore_core.workspace import digest_of

LABEL_FIELDS = ("targets", "labels", "_labels")
PAIR_FIELDS = ("_samples", "samples")
FILE_FIELDS = ("_image_files", "_images", "_samples", "samples", "imgs")


def read_labels(made: Any, name: str, on_progress: OnProgress) -> np.ndarray:
    """Class index of each image, int64 [image]; -1 where the set marks an image as unlabelled."""
    for field in LABEL_FIELDS:
        if len(getattr(made, field, None) if getattr(made, field, None) is not None else ()) == len(made):
            return _checked(getattr(made, field), name)
    for field in PAIR_FIELDS:
        pairs = getattr(made, field, None)
        if pairs is not None and len(pairs) == len(made):
            return _checked([pair[1] for pair in pairs], name)
    return _checked(_decode_all(made, name, on_progress), name)


def _decode_all(made: Any, name: str, on_progress: OnProgress) -> list[Any]:
    meter = Meter(f"Reading the labels of {name}", len(made), on_progress)
    labels = []
    for row in range(len(made)):
        labels.append(made[row][1])
        meter.update(row + 1)
    return labels


def _checked(labels: Sequence[Any], name: str) -> np.ndarray:
    try:
        values = np.asarray([-1 if label is None else label for label in labels])
    except (ValueError, TypeError):
        values = np.empty((0, 2))
    if values.ndim != 1 or not (np.issubdtype(values.dtype, np.integer) or values.dtype == bool):
        raise DatasetError(
            f"torchvision's {name} should give one class index an image. Found targets of another kind "
            f"({type(labels[0]).__name__}). Only labelled image sets can be used."
        )
    return np.maximum(values.astype(np.int64), UNLABELLED)


def class_names(made: Any, labels: np.ndarray) -> tuple[str, ...]:
    """The set's own names (the first where a class has several), else the numbers."""
    names = getattr(made, "classes", None)
    count = int(labels.max(initial=UNLABELLED)) + 1
    if isinstance(names, list | tuple) and len(names) >= count:
        return tuple(name[0] if isinstance(name, tuple) else str(name) for name in names)
    return tuple(str(label) for label in range(count))


def content_digest(made: Any, labels: np.ndarray, identity: tuple[Any, ...]) -> str:
    """Over the pixels where they are in memory, else over the files' sizes and times of change, and the labels."""
    hasher = hashlib.sha256(digest_of(identity).encode() + labels.tobytes())
    pixels = getattr(made, "data", None)
    if pixels is not None and hasattr(pixels, "__array__"):
        hasher.update(np.ascontiguousarray(np.asarray(pixels)).data)
    for path in _files(made):
        stat = path.stat()
        hasher.update(f"{path.name} {stat.st_size} {stat.st_mtime_ns}\n".encode(errors="backslashreplace"))
    return hasher.hexdigest()[:20]


def _files(made: Any) -> list[Path]:
    for field in FILE_FIELDS:
        entries = getattr(made, field, None)
        if isinstance(entries, list) and entries:
            first = [entry[0] if isinstance(entry, tuple) else entry for entry in entries]
            if all(isinstance(entry, str | Path) and Path(entry).is_file() for entry in first):
                return [Path(entry) for entry in first]
    return []
