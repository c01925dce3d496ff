"""Images of one encoder as tables and galleries, for every part of a report that shows them."""

import numpy as np
import pandas as pd

from qscore_core.comparison import Member
from qscore_core.html_report.document import Gallery, Picture
from qscore_core.html_report.thumbnails import Thumbnails, readable


def images_of(member: Member) -> pd.DataFrame:
    """The scores file with the probe's answers."""
    analysis, outcomes = member.analysis, member.outcomes
    table = analysis.table().assign(class_name=analysis.target.class_names())
    if outcomes is None:
        return table
    predicted = np.array(analysis.fit.classes, dtype=object)[outcomes.predicted]
    return table.assign(predicted=predicted, confidence=outcomes.confidence, correct=outcomes.correct)


def gallery_of(title: str, rows: pd.DataFrame, thumbnails: Thumbnails) -> Gallery:
    """Rows of `images_of` as pictures; those that can no longer be read are left out."""
    found = readable(rows["id"].astype(str).tolist(), thumbnails)
    return Gallery(title, tuple(_picture(rows.iloc[place], source) for place, source in found))


def _picture(row: pd.Series, source: str) -> Picture:
    title, note = row["class_name"] or str(row["id"]), f"Q {row['q_score']:.3f}"
    if "correct" not in row:
        return Picture(source, title, note)
    answer = "correct" if row["correct"] else f"taken for {row['predicted']}"
    return Picture(source, title, note, answer, "correct" if row["correct"] else "wrong")
