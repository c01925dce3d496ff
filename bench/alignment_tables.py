"""The tables of docs/results.md on where the built-in encoders look."""

from collections.abc import Sequence
from typing import Any

from bench.alignment_records import ALL, AlignmentRecord
from bench.encoder_tables import UNTRAINED
from bench.markdown import NONE, number, table, with_interval
from qscore_core.alignment import CORRECT, KINDS, MISCLASSIFIED

GROUPS = {ALL: "all", CORRECT: "correct", MISCLASSIFIED: "mis-classified"}
SWEPT = (0.0, 0.2, 0.4, 0.6, 0.8)


def ordered(records: Sequence[AlignmentRecord]) -> list[AlignmentRecord]:
    """The untrained one first, for comparison."""
    return sorted(records, key=lambda record: (record.name != UNTRAINED, record.name))


def overlap_table(records: Sequence[AlignmentRecord], metric: str) -> str:
    of_kind = [cell for kind in KINDS for cell in (f"{kind} (95 %)", "chance", "other masks")]
    rows = [
        [record.name, title, str(record.row(group, KINDS[0], metric)["images"]), *_cells(record, group, metric)]
        for record in ordered(records)
        for group, title in GROUPS.items()
    ]
    return table(["encoder", "pictures", "number", *of_kind], rows)


def _cells(record: AlignmentRecord, group: str, metric: str) -> list[str]:
    cells: list[str] = []
    for kind in KINDS:
        row = record.row(group, kind, metric)
        ends = None if row["low"] is None else (row["low"], row["high"])
        cells += [with_interval(row["mean"], ends), number(row["chance"]), number(row["shuffled"])]
    return cells


def gap_table(records: Sequence[AlignmentRecord]) -> str:
    rows = [[record.name, *(_gap(record.gaps[kind]) for kind in KINDS)] for record in ordered(records)]
    return table(["encoder", *KINDS], rows)


def _gap(found: dict[str, Any] | None) -> str:
    if found is None:
        return NONE
    low, high = found["ci"]
    text = f"{found['difference']:+.3f} ({low:+.3f} to {high:+.3f})"
    return f"**{text}**" if low > 0 or high < 0 else text


def sweep_table(records: Sequence[AlignmentRecord]) -> str:
    head = ["encoder", "pictures", *(f"{kind} at {share:g}" for kind in KINDS for share in SWEPT)]
    rows = [
        [record.name, title, *(number(record.swept(group, kind, share)) for kind in KINDS for share in SWEPT)]
        for record in ordered(records)
        for group, title in GROUPS.items()
        if group != ALL
    ]
    return table(head, rows)


def verdict(records: Sequence[AlignmentRecord]) -> str:
    """How many trained encoders' intervals of the core gap leave out 0, in a sentence."""
    gaps = [record.gaps["core"] for record in records if record.name != UNTRAINED]
    ends = [gap["ci"] for gap in gaps if gap is not None]
    above, below = sum(low > 0 for low, _ in ends), sum(high < 0 for _, high in ends)
    return (
        "The paper finds more overlap with the core in correctly classified images. Here the interval of that\n"
        f"difference lies above 0 for {above} of {len(ends)} trained encoders and below it for {below}; for the\n"
        "others no difference can be told."
    )
