"""The before/after table against numbers put into reports by hand."""

from dataclasses import replace

import pytest

from qscore_core.alignment import HeatShares, MaskShare
from qscore_core.before_after import BEFORE, compare
from qscore_core.encoder_report import WHOLE, Accuracy, EncoderReport, Histogram, ScoreReport
from qscore_core.evaluation import SignalEvaluation
from qscore_core.measures import Measured


def evaluation(auroc):
    interval = (auroc - 0.1, auroc + 0.1)
    numbers = dict.fromkeys(("accuracy", "auprc_correct", "auprc_error", "lift_correct", "lift_error"), 0.5)
    intervals = dict.fromkeys(
        ("accuracy_ci", "auprc_correct_ci", "auprc_error_ci", "lift_correct_ci", "lift_error_ci"), (0.4, 0.6)
    )
    return SignalEvaluation(
        name="q_score", images=100, auroc=auroc, auroc_ci=interval, level=0.95, resamples=10, **numbers, **intervals
    )


def report(top1, mean_q, auroc, epsilon=2.2, **changes):
    score = ScoreReport(
        asked=f"{epsilon:g}",
        epsilon=epsilon,
        discriminative=40,
        mean_active=3.0,
        empty_share=0.125,
        mean_q=mean_q,
        quartiles=(0.0, 0.1, 0.2),
        histogram=Histogram(0.1, (1,) * 40),
        suits=True,
        findings=(),
        evaluation=None if auroc is None else evaluation(auroc),
    )
    found = EncoderReport(
        encoder="e",
        method="simclr",
        arch="r",
        dim=64,
        dataset="d",
        fit="train",
        split="test",
        fit_images=400,
        images=100,
        accuracies=(
            Accuracy("test", WHOLE, 100, top1, top1 - 0.05, top1 + 0.05),
            Accuracy("test", "habitat fits", 90, 0.9, 0.8, 1.0),
            Accuracy("swapped", WHOLE, 100, 0.25, 0.2, 0.3),
        ),
        scores=(score,),
        metrics={"rankme": 30.0, "zeros": 0.5, "negatives": 0.0, "spread": 1.0},
        heat=HeatShares(2.2, 100, 5, MaskShare(95, 0.3, 0.2, 0.1, (0.05, 0.15)), None),
    )
    return replace(found, **changes)


REPORTS = {BEFORE: report(0.80, 0.05, 0.65), "control": report(0.82, 0.06, 0.62), "q-score": report(0.85, 0.09, 0.60)}


def test_rows_are_the_measures_that_the_reports_have():
    comparison = compare(REPORTS, 2.2)
    assert [measure.title for measure in comparison.measures] == [
        "Probe top-1, test",
        "Probe top-1, test, habitat fits",
        "Probe top-1, swapped",
        "Mean Q",
        "Q = 0",
        "AUROC of Q",
        "AUPRC of Q, correct",
        "AUPRC of Q, mis-classified",
        "RankMe",
        "Zeros",
        "Heat in core masks",
        "Heat in core masks, beyond chance",
    ]
    assert comparison.encoders == (BEFORE, "control", "q-score")


def test_cells_are_the_reports_numbers_with_their_intervals():
    comparison = compare(REPORTS, 2.2)
    assert comparison.cell("Probe top-1, test", "control") == Measured(0.82, (0.82 - 0.05, 0.82 + 0.05))
    assert comparison.cell("Mean Q", "q-score") == Measured(0.09)
    assert comparison.cell("Q = 0", BEFORE) == Measured(0.125)
    assert comparison.cell("AUROC of Q", "q-score") == Measured(0.60, (0.60 - 0.1, 0.60 + 0.1))
    assert comparison.cell("RankMe", BEFORE) == Measured(30.0)
    assert comparison.cell("Heat in core masks, beyond chance", BEFORE) == Measured(0.1, (0.05, 0.15))
    assert comparison.cell("Heat in spurious masks", BEFORE) is None


def test_differences_by_hand():
    comparison = compare(REPORTS, 2.2)
    # 0.85 - 0.82 = 0.03 and 0.85 - 0.80 = 0.05; AUROC 0.60 - 0.65 = -0.05
    assert comparison.difference("Probe top-1, test", "q-score", "control") == pytest.approx(0.03)
    assert comparison.difference("Probe top-1, test", "q-score", BEFORE) == pytest.approx(0.05)
    assert comparison.difference("AUROC of Q", "q-score", BEFORE) == pytest.approx(-0.05)
    assert comparison.difference("Heat in spurious masks", "q-score", BEFORE) is None


def test_the_export_has_a_row_for_every_number():
    table = compare(REPORTS, 2.2).table((BEFORE, "control"))
    assert list(table) == ["measure", "encoder", "value", "low", "high", "minus before", "minus control"]
    assert len(table) == 12 * 3
    row = table[(table["measure"] == "Probe top-1, test") & (table["encoder"] == "q-score")].iloc[0]
    assert row["value"] == 0.85
    assert (row["minus before"], row["minus control"]) == (pytest.approx(0.05), pytest.approx(0.03))
    assert table[table["measure"] == "RankMe"]["low"].isna().all()


def test_what_one_encoder_lacks_is_left_open_for_it_alone():
    reports = {BEFORE: report(0.8, 0.05, 0.65), "control": report(0.82, 0.06, None)}
    comparison = compare(reports, 2.2)
    assert comparison.cell("AUROC of Q", BEFORE) is not None
    assert comparison.cell("AUROC of Q", "control") is None
    assert comparison.difference("AUROC of Q", "control", BEFORE) is None


def test_without_labels_and_masks_only_label_free_measures_are_left():
    bare = {name: report(0, 0.05, None, accuracies=(), heat=None) for name in (BEFORE, "control")}
    assert [measure.title for measure in compare(bare, 2.2).measures] == ["Mean Q", "Q = 0", "RankMe", "Zeros"]


def test_scores_at_another_epsilon_are_not_taken_for_these():
    assert "Mean Q" not in [measure.title for measure in compare(REPORTS, 3.0).measures]
