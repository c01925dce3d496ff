"""What changed from one encoder to another: outcomes and overlaps, on alignments made up by hand."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from qscore_core.alignment import (
    METRIC_KEYS,
    Alignment,
    AlignmentSettings,
    Judged,
    Measured,
    change_table,
    changes,
)
from qscore_core.errors import DatasetError, SettingsError
from qscore_core.evaluation import EvaluationSettings
from qscore_core.pipeline import Outcomes

NAN = math.nan
HOW = EvaluationSettings(resamples=200)


def judged(core, predicted, ids="abcd", places=(0, 2, 3, 4)):
    """Four pictures of a split of five; core overlaps as given, spurious ones 0.1 higher; labels 0, 0, 1, 1."""
    values = np.stack([np.array(core), np.array(core) + 0.1], axis=1)[:, :, None]
    values = np.repeat(values, len(METRIC_KEYS), axis=2)
    measured = Measured(
        heat=np.isfinite(core),
        shares=np.full((4, 2), 0.3),
        values=values,
        shuffled=values,
        sweep=values[..., None],
        pair_values=values[:0],
        pair_shuffled=values[:0],
    )
    pictures = pd.DataFrame({"id": list(ids), "path": list(ids), "label": [0, 0, 1, 1], "place": places})
    none = pd.DataFrame()
    alignment = Alignment(
        encoder="e",
        dataset="d",
        split="test",
        epsilon=2.0,
        settings=AlignmentSettings(),
        classes=("cat", "dog"),
        pictures=pictures,
        features=none,
        pairs=none,
        measured=measured,
        failures=(),
    )
    answers = np.array(predicted)
    confidence = np.array([0.9, 0.1, 0.8, 0.7, 0.6])
    outcomes = Outcomes(answers, confidence, confidence, confidence, answers == np.array([0, 1, 0, 1, 1]))
    return Judged(alignment, np.arange(5) / 10, outcomes, ("cat", "dog"))


@pytest.fixture
def before():
    return judged([0.1, 0.3, NAN, 0.5], predicted=[1, 1, 0, 1, 0])  # a wrong, b right, c right, d wrong


@pytest.fixture
def after():
    return judged([0.4, 0.2, 0.6, 0.7], predicted=[0, 1, 1, 1, 0])  # a right, b wrong, c right, d wrong


def test_a_row_a_picture_by_hand(before, after):
    table = changes(before, after, "heat_iou").set_index("id")
    assert list(table["change"]) == ["wrong, then right", "right, then wrong", "right twice", "wrong twice"]
    first = table.loc["a"]
    assert (first["class_name"], first["predicted_before"], first["predicted_after"]) == ("cat", "dog", "cat")
    # Picture b is the third of the split, so its confidence is the third one and its Q 0.2.
    assert (table.loc["b", "confidence_before"], table.loc["b", "q_score_after"]) == (0.8, 0.2)
    assert (first["core_before"], first["core_after"], first["spurious_after"]) == pytest.approx((0.1, 0.4, 0.5))


def test_means_and_paired_differences_by_hand(before, after):
    rows = change_table(changes(before, after, "heat_iou"), HOW).set_index(["change", "kind"])
    # c has no heat before, so it is in neither mean: (0.1 + 0.3 + 0.5) / 3 = 0.3 and (0.4 + 0.2 + 0.7) / 3 = 0.4333.
    everything = rows.loc[("all", "core")]
    assert everything["pictures"] == 3
    assert everything[["before", "after", "difference"]].to_list() == pytest.approx([0.3, 1.3 / 3, 0.4 / 3])
    assert -0.1 <= everything["low"] < 0.4 / 3 < everything["high"] <= 0.3 + 1e-9
    mended = rows.loc[("wrong, then right", "spurious")]
    assert mended[["pictures", "before", "after", "difference"]].to_list() == pytest.approx([1, 0.2, 0.5, 0.3])
    assert math.isnan(mended["low"])  # one picture has no interval
    cold = rows.loc[("right twice", "core")]
    assert cold["pictures"] == 0
    assert math.isnan(cold["difference"])


def test_a_difference_is_paired(before):
    """A shift that is the same in every picture is certain, however far apart the pictures lie."""
    values = before.alignment.measured.values + 0.05
    shifted = replace(
        before, alignment=replace(before.alignment, measured=replace(before.alignment.measured, values=values))
    )
    row = change_table(changes(before, shifted, "mass"), HOW).iloc[0]
    assert [row["difference"], row["low"], row["high"]] == pytest.approx([0.05, 0.05, 0.05])


def test_pictures_are_joined_by_id(before):
    other = judged([0.4, 0.2, 0.6, 0.7], predicted=[0, 1, 1, 1, 0], ids="dcxa", places=(4, 3, 2, 0))
    table = changes(before, other, "heat_iou").set_index("id")
    assert list(table.index) == ["a", "c", "d"]
    assert table.loc["a", "core_after"] == pytest.approx(0.7)
    with pytest.raises(DatasetError, match="have none in common"):
        changes(before, judged([0.1] * 4, [0] * 5, ids="wxyz"), "heat_iou")
    with pytest.raises(SettingsError, match="`metric` should be one of"):
        changes(before, other, "iou")
