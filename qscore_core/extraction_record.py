"""What names extracted representations, and what their manifest says of them."""

from dataclasses import asdict
from pathlib import Path

import numpy as np
import PIL
import torch

from qscore_core._row_file import Position
from qscore_core.datasets.dataset import Dataset
from qscore_core.encoders.encoder import Encoder
from qscore_core.representations import Skipped, close_artefact
from qscore_core.workspace import digest_of

FORMAT = 1


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


def close_extraction(
    folder: Path, position: Position, encoder: Encoder, dataset: Dataset, precision: str, seconds: float
) -> None:
    """Writes the table of the rows and then the manifest, which makes the artefact valid."""
    skipped = [_skipped(dataset, row, reason) for row, reason in position.skipped]
    used = np.ones(len(dataset), dtype=bool)
    used[[row for row, _ in position.skipped]] = False
    kept = dataset.table[used].reset_index(drop=True)
    manifest = {
        "digest": folder.name,
        "precision": precision,
        "seconds": round(seconds, 2),
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


def _skipped(dataset: Dataset, row: int, reason: str) -> Skipped:
    return Skipped(str(dataset.table["id"].iloc[row]), str(dataset.table["path"].iloc[row]), reason)


def _versions() -> dict[str, str]:
    return {"torch": torch.__version__, "pillow": PIL.__version__}
