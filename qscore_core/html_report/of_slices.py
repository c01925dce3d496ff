"""Saved slices in a report: what each encoder makes of them, beside the rest of the split, and their pictures."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from qscore_core.comparison import Member
from qscore_core.html_report.document import Block, Section, Table, Words
from qscore_core.html_report.pictures import gallery_of, images_of, scored
from qscore_core.html_report.thumbnails import Thumbnails
from qscore_core.slices import Slice, members

SHOWN = 24


def slice_sections(
    slices: Sequence[Slice], encoders: tuple[Member, ...], thumbnails: Thumbnails
) -> tuple[Section, ...]:
    """One section for each slice of the scored split."""
    return tuple(Section(f"Slice: {one.name}", tuple(_blocks(one, encoders, thumbnails))) for one in slices)


def slice_table(chosen: Slice, encoders: Sequence[Member]) -> pd.DataFrame:
    """One row an encoder: images of the slice, mean Q and, where known, top-1, inside it and in the rest."""
    return pd.DataFrame([_row(chosen, encoder) for encoder in encoders])


def _blocks(chosen: Slice, encoders: tuple[Member, ...], thumbnails: Thumbnails) -> Iterator[Block]:
    first = images_of(encoders[0])
    found = members(chosen.ids, first["id"])
    yield Words(f"{len(found.rows):,} of {len(first):,} images, selected by: {chosen.source or 'not said'}.")
    if found.unknown:
        are = "is" if len(found.unknown) == 1 else "are"
        yield Words(f"{len(found.unknown):,} of its images {are} no longer in the split, and so left out.")
    yield Table(slice_table(chosen, encoders))
    named = f"Its first {SHOWN} pictures" if len(found.rows) > SHOWN else "Its pictures"
    whose = f", as {encoders[0].ref} sees them" if len(encoders) > 1 else ""
    yield gallery_of(f"{named}{whose}", first.iloc[found.rows[:SHOWN]], thumbnails, scored)


def _row(chosen: Slice, encoder: Member) -> dict[str, object]:
    inside = np.zeros(len(encoder.ids), dtype=bool)
    inside[members(chosen.ids, pd.Series(encoder.ids)).rows] = True
    row: dict[str, object] = {"encoder": encoder.ref, "images": int(inside.sum())}
    q = encoder.analysis.scores.q
    row |= {"mean Q": _mean(q[inside], ".4f"), "mean Q of the rest": _mean(q[~inside], ".4f")}
    if encoder.outcomes is None:
        return row
    correct = encoder.outcomes.correct
    return row | {"probe top-1": _mean(correct[inside], ".1%"), "top-1 of the rest": _mean(correct[~inside], ".1%")}


def _mean(values: np.ndarray, form: str) -> str:
    return format(values.mean(), form).replace("%", " %") if len(values) else "–"
