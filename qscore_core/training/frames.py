"""The pictures of a split as uint8 frames of one size, from memory where they fit, else decoded by worker processes."""

import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from qscore_core.datasets.dataset import Dataset
from qscore_core.encoders.transform import Transform
from qscore_core.errors import DatasetError, ImageError
from qscore_core.progress import Meter, OnProgress
from qscore_core.workspace import MANIFEST, Workspace, digest_of, is_whole, write_json, writing

MEMORY_LIMIT = 2 * 2**30  # bytes of frames that are kept in memory
DECODE_BATCH = 64
FEW_PICTURES = 1000  # read sooner than worker processes start


class Frames(Protocol):
    """Pictures by number: 0 to `len(frames) - 1`."""

    def __len__(self) -> int: ...

    def batches(self, numbers: Iterable[list[int]]) -> Iterator[Tensor]:
        """Yields uint8 [image, height, width, 3] for each list of picture numbers."""
        ...


@dataclass(frozen=True, eq=False)
class MemoryFrames:
    """All frames in one tensor, uint8 [image, height, width, 3]."""

    pixels: Tensor

    def __len__(self) -> int:
        return len(self.pixels)

    def batches(self, numbers: Iterable[list[int]]) -> Iterator[Tensor]:
        for batch in numbers:
            yield self.pixels[batch]


@dataclass(frozen=True, eq=False)
class StreamedFrames:
    """Frames decoded anew in every epoch, ahead of the training by `workers` processes."""

    reader: "FrameReader"
    workers: int

    def __len__(self) -> int:
        return len(self.reader)

    def batches(self, numbers: Iterable[list[int]]) -> Iterator[Tensor]:
        for frames, _ in _loader(self.reader, numbers, self.workers):
            yield frames


@dataclass(frozen=True, eq=False)
class FrameReader:
    """Row -> frame [side, side, 3], or None for a picture that cannot be read."""

    dataset: Dataset
    geometry: Transform

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, row: int) -> np.ndarray | None:
        try:
            return self.geometry.geometry(self.dataset.source.image(row))
        except ImageError:
            return None


def open_frames(dataset: Dataset, side: int, *, workspace: Workspace, workers: int, on_progress: OnProgress) -> Frames:
    """The readable pictures of `dataset` as frames of `side` x `side` pixels (shorter side scaled, centre cut).

    Frames that fit into memory are decoded once and kept in the workspace. Raises DatasetError when no picture of the
    split can be read.
    """
    reader = FrameReader(dataset, Transform(resize=side, crop=side))
    if len(dataset) * side * side * 3 > MEMORY_LIMIT:
        return StreamedFrames(reader, workers)
    folder = workspace.artefact("frames", digest_of({"dataset": dataset.digest, "split": dataset.split, "side": side}))
    with workspace.lock(folder, wait_seconds=3600):
        if not is_whole(folder):
            _decode(reader, folder, workers if len(dataset) > FEW_PICTURES else 0, on_progress)
    pixels = torch.from_numpy(np.load(folder / "frames.npy"))
    if len(pixels) == 0:
        raise DatasetError(f"`{dataset.ref}` has no readable picture in split `{dataset.split}`.")
    return MemoryFrames(pixels)


def _decode(reader: FrameReader, folder: Path, workers: int, on_progress: OnProgress) -> None:
    rows = [list(range(at, min(at + DECODE_BATCH, len(reader)))) for at in range(0, len(reader), DECODE_BATCH)]
    meter = Meter("reading pictures", len(reader), on_progress)
    parts: list[np.ndarray] = []
    readable: list[bool] = []
    for frames, good in _loader(reader, rows, workers):
        parts += [frames.numpy()] if any(good) else []
        readable += good
        meter.update(len(readable))
    skipped = [reader.dataset.table["id"].iloc[row] for row, good in enumerate(readable) if not good]
    with writing(folder):
        np.save(folder / "frames.npy", np.concatenate(parts) if parts else np.empty(0, np.uint8))
    write_json(folder / MANIFEST, {"dataset": reader.dataset.ref, "images": sum(readable), "skipped": skipped})


def _loader(reader: FrameReader, numbers: Iterable[list[int]], workers: int) -> DataLoader:
    # a generator of its own: the loader must not draw from the generator that a checkpoint restores
    return DataLoader(
        reader,
        batch_sampler=numbers,
        num_workers=workers,
        collate_fn=_stack,
        worker_init_fn=_leave_signals_to_the_run,
        generator=torch.Generator(),
    )


def _leave_signals_to_the_run(_worker: int) -> None:
    # Ctrl-C reaches the whole process group: the run ends its step and then its workers
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _stack(frames: list[np.ndarray | None]) -> tuple[Tensor, list[bool]]:
    """The readable frames as one tensor, and for each row whether it was readable."""
    good = [frame for frame in frames if frame is not None]
    stacked = torch.from_numpy(np.stack(good)) if good else torch.empty(0, dtype=torch.uint8)
    return stacked, [frame is not None for frame in frames]
