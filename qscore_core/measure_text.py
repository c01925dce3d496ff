"""Measures as text: what a table on a page and in a report says."""

import pandas as pd

from qscore_core.measures import Measured, MeasureTable

UNKNOWN = "–"
DIGITS = {"share": 1, "setting": 1, "count": 2, "whole": 0, "score": 3, "q": 4}


def text_table(table: MeasureTable, against: str | None = None, without: tuple[str, ...] = ()) -> pd.DataFrame:
    """One row a measure, one column an encoder: values, or differences `against` an encoder, which has no column."""
    encoders = [name for name in table.encoders if name not in (against, *without)]
    rows = []
    for measure in table.measures:
        row = {"measure": measure.title}
        for encoder in encoders:
            if against is None:
                row[encoder] = value_text(table.cell(measure.title, encoder), measure.kind)
            else:
                row[encoder] = difference_text(table.difference(measure.title, encoder, against), measure.kind)
        rows.append(row | {"what it says": measure.meaning})
    return pd.DataFrame(rows)


def value_text(cell: Measured | None, kind: str) -> str:
    if cell is None:
        return UNKNOWN
    text = number_text(cell.value, kind) + (" %" if kind == "share" else "")
    if cell.interval is None:
        return text
    low, high = cell.interval
    return f"{text} ({number_text(low, kind)} to {number_text(high, kind)})"


def difference_text(value: float | None, kind: str) -> str:
    if value is None:
        return UNKNOWN
    return number_text(value, kind, "+") + (" points" if kind == "share" else "")


def number_text(value: float, kind: str, sign: str = "") -> str:
    digits = DIGITS[kind]
    # Adding 0 makes 0.0 of -0.0.
    rounded = round(100 * value if kind == "share" else value, digits) + 0.0
    return f"{rounded:{sign}.{digits}f}".replace("-", "−")
