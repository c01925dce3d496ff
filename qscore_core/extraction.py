"""From pictures to representations on disk: streaming, resumable to the same bytes, flat in memory.

Rows are appended to one file in data-set order, so a full disk is an ordinary error and an interrupted run goes on
after its last saved position. Batches always start at the same images: the result does not depend on interruptions.
"""

import os
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import PIL
import torch
from torch import Tensor

from qscore_core._decoding import decode_batches
from qscore_core._row_file import Position, RowFile, forget_position, load_position, open_rows
from qscore_core.datasets.dataset import Dataset
from qscore_core.encoders.encoder import Encoder
from qscore_core.errors import DatasetError, RepresentationError, SettingsError, WorkspaceError
from qscore_core.progress import Meter, OnProgress, silent
from qscore_core.representations import MATRIX, Representations, Skipped, close_artefact, open_representations
from qscore_core.workspace import Workspace, digest_of, format_bytes, is_whole, writing

FORMAT = 1
SAVE_EVERY_SECONDS = 2.0
NOT_FINITE = "the encoder gave NaN or infinite values for this image"
Precision = Literal["fp32", "bf16", "fp16"]
_AUTOCAST = {"bf16": torch.bfloat16, "fp16": torch.float16}


@dataclass(frozen=True)
class ExtractSettings:
    """How to run the encoder. Only `precision` changes the numbers beyond rounding, and so is part of the digest."""

    batch_size: int = 64
    precision: Precision = "fp32"
    workers: int | None = None

    def __post_init__(self) -> None:
        if self.batch_size < 1:
            raise SettingsError(f"`batch_size` should be at least 1. Found {self.batch_size}.")
        if self.precision not in ("fp32", "bf16", "fp16"):
            raise SettingsError(f"`precision` should be fp32, bf16 or fp16. Found `{self.precision}`.")

    @property
    def worker_count(self) -> int:
        """Decoding processes: one fewer than the cores, at most eight; the main process keeps a core for itself."""
        return max(1, min(8, (os.cpu_count() or 2) - 1)) if self.workers is None else self.workers


@dataclass(frozen=True, eq=False)
class Extraction:
    """The representations, whether they were already there, and how fast this process made its part."""

    representations: Representations
    reused: bool
    images_per_second: float


def artefact_digest(encoder: Encoder, dataset: Dataset, precision: str) -> str:
    """Names a result by everything that produced it."""
    return digest_of(
        {
            "format": FORMAT,
            "encoder": encoder.fingerprint,
            "transform": asdict(encoder.transform),
            "dataset": dataset.digest,
            "split": dataset.split,
            "precision": precision,
            "versions": _versions(),
        }
    )


def extract(
    encoder: Encoder,
    dataset: Dataset,
    settings: ExtractSettings,
    *,
    workspace: Workspace,
    on_progress: OnProgress = silent,
) -> Extraction:
    """Representations of a split: reused when there, resumed when interrupted, else made.

    Images that cannot be read are skipped and listed. Raises DatasetError when none can be read, WorkspaceError when
    another process is at it or the disk is full.
    """
    digest = artefact_digest(encoder, dataset, settings.precision)
    folder = workspace.artefact("representations", digest)
    if is_whole(folder):
        return Extraction(open_representations(folder), reused=True, images_per_second=0.0)
    with workspace.lock(folder):
        if is_whole(folder):
            return Extraction(open_representations(folder), reused=True, images_per_second=0.0)
        rate = _extract_into(folder, encoder, dataset, settings, digest, on_progress)
    return Extraction(open_representations(folder), reused=False, images_per_second=rate)


def _extract_into(
    folder: Path,
    encoder: Encoder,
    dataset: Dataset,
    settings: ExtractSettings,
    digest: str,
    on_progress: OnProgress,
) -> float:
    path, started = folder / MATRIX, time.monotonic()
    first = load_position(path, encoder.dim, settings.batch_size).seen
    _require_space(folder, 4 * encoder.dim * (len(dataset) - first))
    with open_rows(path, encoder.dim, settings.batch_size) as rows:
        _append_all(rows, encoder, dataset, settings, on_progress)
    if rows.position.written == 0:
        _give_up(path, rows.position, dataset)
    seconds = time.monotonic() - started
    about = {"digest": digest, "precision": settings.precision, "seconds": round(seconds, 2)}
    _finish(folder, rows.position, encoder, dataset, about)
    return (rows.position.seen - first) / max(seconds, 1e-9)


def _append_all(
    rows: RowFile, encoder: Encoder, dataset: Dataset, settings: ExtractSettings, on_progress: OnProgress
) -> None:
    start = rows.position
    meter = Meter("extract", len(dataset), on_progress, start_at=start.seen)
    saved_at = time.monotonic()
    batches = decode_batches(dataset, encoder.transform, start.seen, start.batch_size, settings.worker_count)
    for pixels, failures in batches:
        h = _represent(encoder, pixels, settings.precision)
        finite = np.isfinite(h).all(axis=1)
        rows.append(h, [f if f or ok else NOT_FINITE for f, ok in zip(failures, finite, strict=True)])
        if time.monotonic() - saved_at > SAVE_EVERY_SECONDS:
            rows.save()
            saved_at = time.monotonic()
        meter.update(rows.position.seen)


def _represent(encoder: Encoder, pixels: Tensor, precision: Precision) -> np.ndarray:
    device = next(encoder.module.parameters()).device
    with torch.inference_mode(), torch.autocast(device.type, _AUTOCAST.get(precision), enabled=precision != "fp32"):
        batch = encoder.transform.normalize(pixels.to(device, non_blocking=True))
        h = encoder(batch)
    h = h.float().cpu().numpy()
    if h.shape[1:] != (encoder.dim,):
        raise RepresentationError(
            f"Encoder `{encoder.ref}` should give {encoder.dim} features an image. Found an output of shape {h.shape}."
        )
    return h


def _give_up(path: Path, position: Position, dataset: Dataset) -> None:
    # Nothing is kept of such a run: once the files can be read, the next one looks at them again.
    forget_position(path)
    raise DatasetError(
        f"No image of `{dataset.ref}` split `{dataset.split}` could be used. "
        f"The first of {position.seen:,}: {position.skipped[0][1]}"
    )


def _finish(folder: Path, position: Position, encoder: Encoder, dataset: Dataset, about: dict[str, Any]) -> None:
    skipped = [_skipped(dataset, row, reason) for row, reason in position.skipped]
    used = np.ones(len(dataset), dtype=bool)
    used[[row for row, _ in position.skipped]] = False
    kept = dataset.table[used].reset_index(drop=True)
    manifest = {
        **about,
        "ref": dataset.ref,
        "split": dataset.split,
        "encoder": encoder.ref,
        "arch": encoder.arch,
        "method": encoder.method,
        "dim": encoder.dim,
        "transform": asdict(encoder.transform),
        "fingerprint": encoder.fingerprint,
        "device": str(next(encoder.module.parameters()).device),
        "versions": _versions(),
        "warnings": list(encoder.warnings),
    }
    close_artefact(folder, kept.assign(split=dataset.split), dataset.classes, skipped, manifest)
    forget_position(folder / MATRIX)


def _skipped(dataset: Dataset, row: int, reason: str) -> Skipped:
    return Skipped(str(dataset.table["id"].iloc[row]), str(dataset.table["path"].iloc[row]), reason)


def _versions() -> dict[str, str]:
    return {"torch": torch.__version__, "pillow": PIL.__version__}


def _require_space(folder: Path, needed: int) -> None:
    with writing(folder):
        free = shutil.disk_usage(folder).free
    if needed > free:
        raise WorkspaceError(
            f"`{folder}` needs {format_bytes(needed)} for the representations and {format_bytes(free)} are free. "
            "Free some space or choose another folder with --workspace."
        )
