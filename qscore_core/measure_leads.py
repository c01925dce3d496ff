"""Which encoder a table of measures speaks for, and where it does not speak clearly."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from qscore_core.measures import Measure, Measured, MeasureTable

BEWARE = "Mean Q, ε and the counts say how sparse an encoder is and what its Q is made from; they rank no encoders."


@dataclass(frozen=True)
class Lead:
    """The best encoder by a measure; `clear` when its 95 % interval lies beyond those of all others.

    Stricter than a test of the difference would be: intervals that overlap a little may belong to encoders that differ.
    """

    measure: str
    encoder: str
    clear: bool


def leading_part(table: MeasureTable) -> MeasureTable:
    """Only the measures by which encoders can be called better; perhaps none."""
    return replace(table, measures=tuple(measure for measure in table.measures if measure.better))


def leads(table: MeasureTable) -> Iterator[Lead]:
    """One for each measure that calls encoders better and that all of two or more encoders have with an interval."""
    for measure in leading_part(table).measures:
        cells = {name: table.cell(measure.title, name) for name in table.encoders}
        known = {name: cell for name, cell in cells.items() if cell is not None and cell.interval is not None}
        if len(known) == len(table.encoders) > 1:
            yield _lead(measure, known)


def leads_in_words(table: MeasureTable) -> str:
    """Who is clearly ahead by which measures, in sentences; empty where no measure can say it."""
    found = list(leads(table))
    if not found:
        return ""
    ahead = {name: [lead.measure for lead in found if lead.clear and lead.encoder == name] for name in table.encoders}
    said = [f"{name} is clearly ahead by {_listed(titles)}." for name, titles in ahead.items() if titles]
    unclear = [lead.measure for lead in found if not lead.clear]
    if unclear:
        said.append(f"By {_listed(unclear)} none is: intervals overlap.")
    return " ".join([*said, BEWARE])


def _lead(measure: Measure, cells: dict[str, Measured]) -> Lead:
    reach = {name: _towards_better(cell, measure.better) for name, cell in cells.items()}
    best = max(reach, key=lambda name: measure.better * cells[name].value)
    others = [high for name, (_, high) in reach.items() if name != best]
    return Lead(measure.title, best, reach[best][0] > max(others))


def _towards_better(cell: Measured, better: int) -> tuple[float, float]:
    """The worse and the better end of an interval, so turned that more is better."""
    assert cell.interval is not None
    low, high = sorted(better * end for end in cell.interval)
    return low, high


def _listed(titles: list[str]) -> str:
    *first, last = (title[0].lower() + title[1:] if title[1].islower() else title for title in titles)
    return f"{'; '.join(first)}; and {last}" if first else last  # titles have commas of their own
