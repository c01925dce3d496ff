"""`python -m bench.record_alignment simclr` writes the record of where a built-in encoder looks on Habitats."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from bench.alignment_records import ALL, AlignmentRecord, write_alignment
from bench.recording import record_by_name, tell
from qscore_core.alignment import (
    CORRECT,
    MISCLASSIFIED,
    Alignment,
    Gap,
    align,
    by_outcome,
    outcome_gap,
    summarise,
    summary_table,
    sweep_table,
)
from qscore_core.datasets import open_dataset
from qscore_core.encoders import load_encoder
from qscore_core.pipeline import Subject, analyse, outcomes_of, probe_of, representations_of, with_epsilon
from qscore_core.probe import ProbeSettings
from qscore_core.qscore import ScoreSettings
from qscore_core.workspace import Workspace

DATASET, FIT, TARGET = "habitats", "train", "test"
METRIC = "heat_iou"
SHOWN_STEPS = 4  # of twenty: the sweep at every fifth of heat is enough for a page
DIGITS = 5


def record_alignment(name: str, workspace: Workspace, dataset: str = DATASET) -> AlignmentRecord:
    subject = Subject(f"habitats:{name}", dataset)
    fit, target = (representations_of(subject, split, workspace, tell).representations for split in (FIT, TARGET))
    analysis = analyse(target, fit, with_epsilon(ScoreSettings(), "auto", fit, workspace), workspace)
    probe = probe_of(fit, ProbeSettings(), workspace, tell)
    correct = outcomes_of(probe, target, fit.classes).correct
    encoder = load_encoder(f"habitats:{name}", workspace=workspace)
    pictures = open_dataset(dataset, TARGET, workspace=workspace)
    found = align(encoder, pictures, analysis, workspace, on_progress=tell)
    right = correct[found.pictures["place"].to_numpy()]
    gaps = outcome_gap(found, correct, METRIC).items()
    return AlignmentRecord(
        name=name,
        images=found.images,
        without_heat=int((~found.measured.heat).sum()),
        epsilon=found.epsilon,
        discriminative=len(found.features),
        thresholds=asdict(found.settings.thresholds),
        rows=_rows(summary_table({ALL: summarise(found), **by_outcome(found, correct)})),
        sweep=_rows(_sweeps(found, {ALL: right | ~right, CORRECT: right, MISCLASSIFIED: ~right})),
        gaps={
            kind: gap and {"difference": _brief(gap.difference), "ci": list(map(_brief, gap.ci))} for kind, gap in gaps
        },
    )


def _sweeps(found: Alignment, groups: Mapping[str, Any]) -> pd.DataFrame:
    shown = found.settings.sweep_heat[::SHOWN_STEPS]
    tables = [sweep_table(found, chosen).assign(group=group) for group, chosen in groups.items()]
    table = pd.concat(tables)
    return table[table["heat_threshold"].isin(shown) & (table["mask_threshold"] == found.settings.thresholds.mask)]


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """JSON has no word for NaN, and five digits are more than the intervals warrant."""
    return [{key: _brief(value) for key, value in row.items()} for row in table.to_dict("records")]


def _gap(found: Gap) -> dict[str, Any]:
    return {"difference": _brief(found.difference), "ci": list(map(_brief, found.ci))}


def _brief(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return None if math.isnan(value) else round(value, DIGITS)


def main() -> None:
    record_by_name(
        __doc__, lambda name, workspace, records: write_alignment(record_alignment(name, workspace), records)
    )


if __name__ == "__main__":
    main()
