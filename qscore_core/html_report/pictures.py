"""Images of one encoder as tables and galleries, for every part of a report that shows them."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from qscore_core.comparison import Member
from qscore_core.html_report.document import Gallery, Picture
from qscore_core.html_report.thumbnails import Thumbnails, readable

Captioned = Callable[[pd.Series, str], Picture]  # a row and its picture's address, with words


def images_of(member: Member) -> pd.DataFrame:
    """The scores file with the probe's answers."""
    analysis, outcomes = member.analysis, member.outcomes
    table = analysis.table().assign(class_name=analysis.target.class_names())
    if outcomes is None:
        return table
    predicted = np.array(analysis.fit.classes, dtype=object)[outcomes.predicted]
    return table.assign(predicted=predicted, confidence=outcomes.confidence, correct=outcomes.correct)


def gallery_of(title: str, rows: pd.DataFrame, thumbnails: Thumbnails, picture: Captioned) -> Gallery:
    """Rows of images as pictures, each as `picture` has it; those that can no longer be read are left out."""
    found = readable(rows["id"].astype(str).tolist(), thumbnails)
    return Gallery(title, tuple(picture(rows.iloc[place], source) for place, source in found))


def scored(row: pd.Series, source: str) -> Picture:
    """A row of `images_of` with its score and the probe's answer."""
    title, note = row["class_name"] or str(row["id"]), f"Q {row['q_score']:.3f}"
    if "correct" not in row:
        return Picture(source, title, note)
    answer = "correct" if row["correct"] else f"taken for {row['predicted']}"
    return Picture(source, title, note, answer, "correct" if row["correct"] else "wrong")
