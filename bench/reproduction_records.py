"""What `bench.reproduce` writes: the paper's table 1 and figures 2 and 3 on one encoder and data set."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.class_means import ClassMeans
from qscore_core.compression import CompressionPoint
from qscore_core.evaluation import SignalEvaluation
from qscore_core.workspace import write_atomic

PREFIX = "paper-"


@dataclass(frozen=True)
class Table1:
    """Q's evaluation at one epsilon; `empty` is the share of images with an empty L_i n D."""

    epsilon: float
    empty: float
    judged: SignalEvaluation


@dataclass(frozen=True)
class ReproductionRecord:
    """`representations` (digests of target and fit split) say whether the record is of today's encoder.

    `table1` at the automatic epsilon and at 4; `curve` (figure 2) and `means` (figure 3) at the automatic one.
    """

    name: str
    encoder: str
    dataset: str
    method: str
    images: int
    fit_images: int
    dim: int
    classes: int
    representations: tuple[str, str]
    table1: tuple[Table1, ...]
    curve: tuple[CompressionPoint, ...]
    means: ClassMeans

    @property
    def top1(self) -> float:
        return self.table1[0].judged.accuracy


def record_file(name: str, folder: Path) -> Path:
    return folder / f"{PREFIX}{name}.json"


def write_reproduction(record: ReproductionRecord, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = record_file(record.name, folder)
    write_atomic(path, json.dumps(asdict(record), indent=1) + "\n")
    return path


def read_reproductions(folder: Path) -> list[ReproductionRecord]:
    """In the order of their file names."""
    return [_read(json.loads(path.read_text())) for path in sorted(folder.glob(f"{PREFIX}*.json"))]


def _read(found: dict[str, Any]) -> ReproductionRecord:
    return ReproductionRecord(
        **{
            **found,
            "representations": tuple(found["representations"]),
            "table1": tuple(Table1(**{**one, "judged": _judged(one["judged"])}) for one in found["table1"]),
            "curve": tuple(CompressionPoint(**point) for point in found["curve"]),
            "means": ClassMeans(**{**found["means"], "firing_ci": tuple(found["means"]["firing_ci"])}),
        }
    )


def _judged(found: dict[str, Any]) -> SignalEvaluation:
    return SignalEvaluation(**{name: tuple(v) if isinstance(v, list) else v for name, v in found.items()})
