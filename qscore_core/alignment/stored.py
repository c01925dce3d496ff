"""Alignments kept in the workspace, named by everything that they follow from."""

from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from qscore_core.alignment.measuring import measure
from qscore_core.alignment.settings import STANDARD, AlignmentSettings
from qscore_core.alignment.values import Alignment, Measured
from qscore_core.datasets import Dataset
from qscore_core.encoders import Encoder
from qscore_core.pipeline import Analysis
from qscore_core.progress import OnProgress, silent
from qscore_core.workspace import MANIFEST, Workspace, digest_of, is_whole, read_json, write_json, writing

KIND = "alignments"
FORMAT = 1
ARRAYS = "measured.npz"
TABLES = ("pictures", "features", "pairs")


def align(
    encoder: Encoder,
    dataset: Dataset,
    analysis: Analysis,
    workspace: Workspace,
    settings: AlignmentSettings = STANDARD,
    workers: int = 0,
    on_progress: OnProgress = silent,
) -> Alignment:
    """The alignment, measured once and kept; `dataset` is the split that `analysis` scored.

    Raises as `measure` does.
    """
    identity = identity_of(encoder, dataset, analysis, settings)
    folder = workspace.artefact(KIND, digest_of(identity))
    with workspace.lock(folder, wait_seconds=3600):
        if not is_whole(folder):
            _write(measure(encoder, dataset, analysis, settings, workers, on_progress), identity, folder)
    return _read(folder, settings)


def stored_alignment(
    encoder: Encoder,
    dataset: Dataset,
    analysis: Analysis,
    workspace: Workspace,
    settings: AlignmentSettings = STANDARD,
) -> Alignment | None:
    """The alignment if it was measured before; computes nothing."""
    folder = workspace.root / KIND / digest_of(identity_of(encoder, dataset, analysis, settings))
    return _read(folder, settings) if is_whole(folder) else None


def identity_of(encoder: Encoder, dataset: Dataset, analysis: Analysis, settings: AlignmentSettings) -> dict[str, Any]:
    """Everything that an alignment follows from."""
    return {
        "format": FORMAT,
        "encoder": encoder.fingerprint,
        "transform": asdict(encoder.transform),
        "dataset": dataset.digest,
        "target": analysis.target.digest,
        "fit": analysis.fit.digest,
        "scores": asdict(analysis.settings),
        "settings": asdict(settings),
    }


def _write(found: Alignment, identity: dict[str, Any], folder: Path) -> None:
    with writing(folder):
        np.savez(folder / ARRAYS, **{field.name: getattr(found.measured, field.name) for field in fields(Measured)})
        for name in TABLES:
            getattr(found, name).to_parquet(folder / f"{name}.parquet", index=False)
    about = {
        "encoder": found.encoder,
        "dataset": found.dataset,
        "split": found.split,
        "epsilon": found.epsilon,
        "classes": list(found.classes),
        "failures": list(found.failures),
    }
    write_json(folder / MANIFEST, {"identity": identity, "about": about})


def _read(folder: Path, settings: AlignmentSettings) -> Alignment:
    about = read_json(folder / MANIFEST)["about"]
    with np.load(folder / ARRAYS) as arrays:
        measured = Measured(**arrays)
    tables = {name: pd.read_parquet(folder / f"{name}.parquet") for name in TABLES}
    about |= {"classes": tuple(about["classes"]), "failures": tuple(about["failures"])}
    return Alignment(**about, **tables, settings=settings, measured=measured)
