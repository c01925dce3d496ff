"""Pictures to measure with: noise on gradients, held as arrays or as a folder of JPEGs."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from qscore_core.datasets import Dataset
from qscore_core.datasets.sources import FileSource


def drawn(count: int, height: int, width: int) -> np.ndarray:
    """uint8 [image, height, width, channel]."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[0:height, 0:width] / max(height, width)
    ramp = np.stack([rows, columns, 1 - rows], axis=-1).astype(np.float32)
    pictures = np.empty((count, height, width, 3), np.uint8)
    for picture in pictures:
        noise = rng.normal(0, 20, (height, width, 3)).astype(np.float32)
        picture[:] = np.clip(ramp * rng.uniform(60, 220) + rng.uniform(0, 30) + noise, 0, 255)
    return pictures


@dataclass(frozen=True, eq=False)
class ArraySource:
    """Pictures in memory, again and again from the first where more rows are asked for than there are."""

    pictures: np.ndarray

    def image(self, row: int) -> Image.Image:
        return Image.fromarray(self.pictures[row % len(self.pictures)])

    def masks(self, row: int) -> None:  # noqa: ARG002
        return None


def in_memory(pictures: np.ndarray, count: int) -> Dataset:
    return _dataset([f"{row:07d}" for row in range(count)], ArraySource(pictures), "memory")


def in_folder(pictures: np.ndarray, count: int, folder: Path) -> Dataset:
    """`count` JPEG files; each picture is written as often as it takes."""
    folder.mkdir(parents=True)
    paths = [folder / f"{row:07d}.jpg" for row in range(count)]
    for row, path in enumerate(paths):
        if row < len(pictures):
            Image.fromarray(pictures[row]).save(path, quality=90)
        else:
            path.write_bytes(paths[row % len(pictures)].read_bytes())
    return _dataset([path.name for path in paths], FileSource(tuple(map(str, paths))), "folder")


def _dataset(ids: list[str], source: object, name: str) -> Dataset:
    table = pd.DataFrame({"id": ids, "path": ids, "label": -1})
    return Dataset(f"bench:{name}", "all", (), table, source, f"{name}-{len(ids)}")  # type: ignore[arg-type]
