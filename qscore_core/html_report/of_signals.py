"""The part of a report that sets Q-Score beside every other signal, on one encoder."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from qscore_core import evaluation_figures as figures
from qscore_core.html_report.document import Block, Plot, Table, Words
from qscore_core.judging import signal_table, tables
from qscore_core.judging_text import ceiling, class_rows, risk_curves, risk_in_words, verdict
from qscore_core.signals import Evidence

NO_BREAK = "\u00a0"


@dataclass(frozen=True, eq=False)
class Judged:
    """An encoder's signals, and the document that `judging.judgement` made of them."""

    evidence: Evidence
    document: dict[str, Any]


def signal_blocks(judged: Judged) -> Iterator[Block]:
    """Signals with paired differences, risk against coverage, and Q within classes."""
    table = signal_table(judged.document, judged.evidence)
    yield Words(verdict(table))
    yield Plot(figures.signals_side_by_side(table), "AUROC of every signal, with intervals")
    yield Table(_text(table))
    yield Words(ceiling(judged.document["ceiling"]))
    yield Plot(
        figures.risk_against_coverage(risk_curves(table, judged.document)),
        "Share of mis-classified images against the share of images answered",
    )
    yield Words(risk_in_words(judged.document))
    yield Table(_rounded(class_rows(judged.document)))


def signal_tables(judged: Judged) -> dict[str, pd.DataFrame]:
    """All tables of the judgement by name; the signals of each image as `signal_values`."""
    found = tables(judged.document, judged.evidence)
    return {"signal_values" if name == "images" else name: table for name, table in found.items()}


def _text(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "signal": table["signal"],
            "AUROC": [_with_ends(row, "auroc") for row in table.to_dict("records")],
            "less Q": [_with_ends(row, "less_q", "+") for row in table.to_dict("records")],
            "than Q": table["beside_q"],
            "area under risk": table["aurc"].map("{:.3f}".format),
            "meaning and source": table["meaning"] + " " + table["source"] + ".",
        }
    )


def _with_ends(row: dict[str, Any], name: str, sign: str = "") -> str:
    """A number with its interval, on one line; empty where the signal is the reference itself."""
    if pd.isna(row[name]):
        return ""
    ends = f"{row[f'{name}_low']:{sign}.3f} to {row[f'{name}_high']:{sign}.3f}"
    return f"{row[name]:{sign}.3f} ({ends})".replace(" ", NO_BREAK)


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    numbers = table.select_dtypes("float").columns
    texts = {name: table[name].map(lambda value: "" if pd.isna(value) else f"{value:.3f}") for name in numbers}
    return table.assign(**texts)
