"""The committed records of where built-in encoders look: `alignment-<name>.json`."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from qscore_core.workspace import write_atomic

ALL = "all"


@dataclass(frozen=True)
class AlignmentRecord:
    """Of the target split at the automatic epsilon.

    `rows` are those of `summary_table` for all pictures and by outcome of the probe, `sweep` those of `sweep_table`
    with their `group`, `gaps` the differences between outcomes by kind (None where a group is empty).
    """

    name: str
    images: int
    without_heat: int
    epsilon: float
    discriminative: int
    thresholds: dict[str, float]
    rows: list[dict[str, Any]]
    sweep: list[dict[str, Any]]
    gaps: dict[str, dict[str, Any] | None]

    def row(self, group: str, kind: str, metric: str) -> dict[str, Any]:
        wanted = {"group": group, "kind": kind, "metric": metric}
        return next(row for row in self.rows if wanted.items() <= row.items())

    def swept(self, group: str, kind: str, heat_threshold: float) -> float | None:
        """Mean heat-weighted IoU at the record's mask threshold and another of heat."""
        wanted = {"group": group, "kind": kind, "mask_threshold": self.thresholds["mask"]}
        found = [row for row in self.sweep if wanted.items() <= row.items()]
        return next((row["mean"] for row in found if row["heat_threshold"] == heat_threshold), None)


def write_alignment(record: AlignmentRecord, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"alignment-{record.name}.json"
    write_atomic(path, json.dumps(asdict(record), indent=1) + "\n")
    return path


def read_alignments(folder: Path) -> list[AlignmentRecord]:
    """In the order of their file names."""
    return [AlignmentRecord(**json.loads(path.read_text())) for path in sorted(folder.glob("alignment-*.json"))]
