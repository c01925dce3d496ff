"""Pictures of a data set as batches for a network, read and framed by worker processes."""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader

from qscore_core.datasets.dataset import Dataset, ImageSource
from qscore_core.encoders.transform import Transform
from qscore_core.errors import ImageError, QScoreError

LONGEST_ASPECT = 1000  # beyond it the resized picture alone would take hundreds of megabytes

Batch = tuple[Tensor, list[str | None]]


def decode_batches(
    dataset: Dataset, transform: Transform, rows: Sequence[int], batch_size: int, workers: int
) -> Iterator[Batch]:
    """Pixels uint8 [image, height, width, channel] and, for each image, why it could not be read (None if it could).

    For `rows` of the data set, in their order. An unreadable image keeps its place as a black picture, so that its
    neighbours' numbers stay what they are. Raises QScoreError where a decoding process dies.
    """
    if len(rows) == 0:
        return
    loader = DataLoader(
        _Frames(dataset.source, transform),
        sampler=rows,
        batch_size=batch_size,
        num_workers=workers,
        collate_fn=_stack,
        worker_init_fn=_end_if_orphaned,
        pin_memory=torch.cuda.is_available(),
        prefetch_factor=4 if workers else None,
    )
    try:
        yield from loader
    except RuntimeError as error:
        if "DataLoader worker" not in str(error):
            raise
        raise QScoreError(
            f"A decoding process died ({error}). It usually ran out of memory or of shared memory; "
            "`--workers 0` decodes in the main process. What was computed is kept."
        ) from error


@dataclass(frozen=True, eq=False)
class _Frames(torch.utils.data.Dataset):
    source: ImageSource
    transform: Transform

    def __getitem__(self, row: int) -> tuple[np.ndarray, str | None]:
        try:
            image = self.source.image(row)
            _require_frameable(image, row)
            return self.transform.geometry(image), None
        except ImageError as error:
            return np.zeros((self.transform.crop, self.transform.crop, 3), np.uint8), str(error)


def _require_frameable(image: Image.Image, row: int) -> None:
    width, height = image.size
    if max(width, height) > LONGEST_ASPECT * min(width, height):
        raise ImageError(f"Image {row} is {width} x {height} pixels: too elongated to be brought to a square.")


def _end_if_orphaned(_: int) -> None:
    """A worker whose parent was killed before this point would wait for it for ever.

    torch looks for the parent from here on only, and takes whoever adopted an orphan for it.
    """
    parent = multiprocessing.parent_process()
    assert parent is not None
    forked = multiprocessing.get_start_method() == "fork"
    if not parent.is_alive() or (forked and os.getppid() != parent.pid):
        os._exit(1)


def _stack(frames: list[tuple[np.ndarray, str | None]]) -> Batch:
    return torch.from_numpy(np.stack([pixels for pixels, _ in frames])), [failure for _, failure in frames]
