"""Feature maps of chosen images kept in the workspace, so that galleries are drawn without the network.

One row an image of float16 [feature, map height, map width], appended batch by batch and resumable like extraction.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import PIL
import torch
from jaxtyping import Bool, Float, Int

from qscore_core._decoding import decode_batches
from qscore_core._row_file import Position, Rows, forget_position, open_rows
from qscore_core.datasets import Dataset
from qscore_core.encoders import Encoder
from qscore_core.errors import DatasetError
from qscore_core.heatmaps.closed_form import combined_map, feature_maps, upsampled
from qscore_core.progress import Meter, OnProgress, silent
from qscore_core.representations import Skipped
from qscore_core.workspace import MANIFEST, Workspace, digest_of, is_whole, read_json, require_space, write_json

KIND, MAPS, FORMAT, BATCH = "maps", "maps.f16", 1, 32
LARGEST = float(np.finfo(np.float16).max)


@dataclass(frozen=True, eq=False)
class KeptMaps:
    """Maps of the images `ids`, in that order, for a network whose input has `side` pixels a side."""

    folder: Path
    ids: tuple[str, ...]
    shape: tuple[int, int, int]
    side: int
    skipped: tuple[Skipped, ...]

    @cached_property
    def maps(self) -> np.ndarray:
        """float16 [image, feature, map_height, map_width], read from disk as it is needed."""
        return np.memmap(self.folder / MAPS, np.float16, mode="r", shape=(len(self.ids), *self.shape))

    def of_features(self, image: int, features: Int[np.ndarray, " feature"]) -> Float[np.ndarray, "feature side side"]:
        """The map of each of some features in one image (its place in `ids`), in the frame of the network's input."""
        heat = torch.from_numpy(self.maps[image][features].astype(np.float32))
        return upsampled(heat, (self.side, self.side)).numpy()

    def combined(
        self, images: Sequence[int], chosen: Bool[np.ndarray, "image feature"]
    ) -> Float[np.ndarray, "image side side"]:
        """For each image (its place in `ids`) the sum of its chosen features' maps."""
        maps = torch.from_numpy(self.maps[list(images)].astype(np.float32))
        return upsampled(combined_map(maps, torch.from_numpy(chosen)), (self.side, self.side)).numpy()


def kept_maps(
    encoder: Encoder,
    dataset: Dataset,
    rows: Sequence[int],
    workspace: Workspace,
    workers: int = 0,
    on_progress: OnProgress = silent,
) -> KeptMaps:
    """Maps of the data set's images `rows`: opened where they are kept, resumed where interrupted, else made.

    Values are stored as float16, so to three digits and at most 65,504. Images that cannot be read are skipped and
    listed. Raises EncoderError for an encoder without feature maps, DatasetError where no image can be read,
    WorkspaceError where the disk is full or another command is at it.
    """
    identity = _identity(encoder, dataset, rows)
    folder = workspace.artefact(KIND, digest_of(identity))
    if not is_whole(folder):
        with workspace.lock(folder, wait_seconds=3600):
            if not is_whole(folder):
                _make(folder, identity, encoder, dataset, rows, workers, on_progress)
    return _opened(folder)


def _identity(encoder: Encoder, dataset: Dataset, rows: Sequence[int]) -> dict[str, Any]:
    """Everything that produced the maps."""
    return {
        "format": FORMAT,
        "encoder": encoder.fingerprint,
        "transform": asdict(encoder.transform),
        "dataset": dataset.digest,
        "split": dataset.split,
        "rows": [int(row) for row in rows],
        "versions": {"torch": torch.__version__, "pillow": PIL.__version__},
    }


def _make(
    folder: Path,
    identity: dict[str, Any],
    encoder: Encoder,
    dataset: Dataset,
    rows: Sequence[int],
    workers: int,
    on_progress: OnProgress,
) -> None:
    side, file = encoder.transform.crop, folder / MAPS
    shape = tuple(feature_maps(encoder, torch.zeros(1, 3, side, side)).shape[1:])
    meter = Meter("feature maps", len(rows), on_progress)
    with open_rows(file, int(np.prod(shape)), Position(BATCH), np.float16) as growing:
        require_space(folder, 2 * int(np.prod(shape)) * (len(rows) - growing.position.seen), "the feature maps")
        left = rows[growing.position.seen :]
        for position in growing.extend(_mapped(encoder, dataset, left, workers)):
            meter.update(position.seen)
    _close(folder, identity, dataset.table.iloc[list(rows)], shape, growing.position, side)


def _mapped(encoder: Encoder, dataset: Dataset, rows: Sequence[int], workers: int) -> Iterator[Rows]:
    for pixels, failures in decode_batches(dataset, encoder.transform, rows, BATCH, workers):
        maps = feature_maps(encoder, encoder.transform.normalize(pixels))
        yield maps.clamp(-LARGEST, LARGEST).flatten(1).cpu().numpy(), failures


def _close(
    folder: Path,
    identity: dict[str, Any],
    table: pd.DataFrame,
    shape: tuple[int, ...],
    position: Position,
    side: int,
) -> None:
    ids, paths, failed = list(table["id"]), list(table["path"]), dict(position.skipped)
    forget_position(folder / MAPS)
    if not position.written:
        reason = next(iter(failed.values()), "none was asked for")
        raise DatasetError(f"No image could be used for feature maps. The first of {position.seen:,}: {reason}")
    found = {
        "ids": [id_ for place, id_ in enumerate(ids) if place not in failed],
        "skipped": [asdict(Skipped(ids[place], paths[place], reason)) for place, reason in failed.items()],
        "shape": shape,
        "side": side,
    }
    write_json(folder / MANIFEST, {**identity, **found})


def _opened(folder: Path) -> KeptMaps:
    about = read_json(folder / MANIFEST)
    skipped = tuple(Skipped(**one) for one in about["skipped"])
    return KeptMaps(folder, tuple(about["ids"]), tuple(about["shape"]), about["side"], skipped)
