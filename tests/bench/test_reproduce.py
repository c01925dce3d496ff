"""Records of the paper's tables and figures: by hand, written and read, made once, and set beside the paper."""

from dataclasses import replace

import numpy as np
import pytest
from made_up_records import alignment, evaluation, run

from bench import paper_tables, results
from bench.class_means import class_means
from bench.paper import PAPER
from bench.reproduce import is_of_today, recorded, reproduction
from bench.reproduction_records import ReproductionRecord, Table1, read_reproductions, write_reproduction
from qscore_core.compression import CompressionPoint

H = np.array([[2, 0]] * 5 + [[0, 3]] * 5 + [[1, 1]] * 10, float)
LABELS = np.array([0] * 5 + [1] * 5 + [0] * 5 + [1] * 5)
CORRECT = np.array([True] * 10 + [False] * 10)
ACTIVE = np.array([3.0, 5] * 5 + [2.0, 4] * 5)


def made_up(name="simclr", method="simclr"):
    """Four of 100 features lost at 44 %: 0.84 to 0.80, random 0.70 to 0.78."""
    whole = CompressionPoint(0.0, 100.0, 100, 0.0, 0.84, 0.84, 0.84, 0.84, 0.84)
    cut = CompressionPoint(40.0, 96.0, 56, 0.44, 0.80, 0.74, 0.70, 0.78, 0.82)
    table1 = (Table1(2.2, 0.1, evaluation(0.6, 0.55, 0.65)), Table1(4.0, 0.8, evaluation(0.5, 0.45, 0.55)))
    means = class_means(H, LABELS, CORRECT, ACTIVE)
    return ReproductionRecord(
        name, f"habitats:{name}", "habitats", method, 10, 40, 100, 2, ("a", "b"), table1, (whole, cut), means
    )


def test_class_means_by_hand():
    found = class_means(H, LABELS, CORRECT, ACTIVE)
    # Correct: class 0 lies on (1, 0), class 1 on (0, 1), cosine 0. Mis-classified: both on (1, 1), cosine 1. A class's
    # own two means: 1 / sqrt(2). Firing: 4 and 3.
    assert (found.classes, found.firing_correct, found.firing_wrong) == (2, 4, 3)
    assert (found.between_correct, found.between_wrong) == pytest.approx((0, 1))
    assert found.alike == pytest.approx(1 / np.sqrt(2))
    # Both samples have variance 10 / 9, so Welch's t has 18 degrees: 1 -+ 2.100922 * sqrt(2 / 9).
    assert found.firing_ci == pytest.approx((1 - 2.100922 * np.sqrt(2 / 9), 1 + 2.100922 * np.sqrt(2 / 9)), rel=1e-5)
    alone = class_means(H, LABELS + 2 * CORRECT, CORRECT, ACTIVE)
    assert (alone.classes, alone.alike, alone.between_correct) == (0, None, None)


def test_records_come_back(tmp_path):
    write_reproduction(made_up(), tmp_path)
    assert read_reproductions(tmp_path) == [made_up()]
    assert recorded("simclr", tmp_path) == made_up()
    assert recorded("other", tmp_path) is None


def cells(text):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]


def test_the_tables_by_hand():
    records = [made_up(), made_up("untrained", "untrained"), made_up("cifar-simclr")]
    row = cells(paper_tables.scores_table(records))[0]
    assert row[:4] == ["simclr", "2.2", "10 %", "80.0 %"]
    # 91.11 - 78.64 = 12.47 points above what knowing nothing gives.
    assert row[7:] == ["78.6 %", "0.733", "0.911", "+0.125"]
    assert cells(paper_tables.scores_table(records))[2][7:] == ["–"] * 4
    assert "above 0.5 for 2 of 2 trained encoders and below it for 0" in paper_tables.scores_verdict(records)
    curve = cells(paper_tables.curve_table(records))[0]
    assert curve == ["simclr", "84.0 %", "44 %", "80.0 %", "74.0 % (70.0 to 78.0)", "82.0 %", "64 %, 62 %"]
    told = " ".join(paper_tables.curve_verdict(records).split())
    assert "loses at most 4.0 points; it beats the mean of four random subsets for 2 of 2" in told
    assert "does better than the middle for 2" in told
    assert cells(paper_tables.means_table(records))[0][:3] == ["simclr", "2 of 2", "0.707"]
    assert "for 2 of 2 trained encoders" in paper_tables.means_verdict(records)
    assert cells(paper_tables.overlap_table([alignment()])) == [["simclr", "0.320", "0.300", "–", "–", "3.7, 2.9"]]
    assert "correct images for 1 of 1" in paper_tables.overlap_verdict([alignment()])
    runs = [run("control", top1=0.80), run("q-score", top1=0.83)]
    row = ["simclr", "Habitats", "quick", "1", "+3.0", "78.6 to 80.8: +2.2"]
    assert cells(paper_tables.regularised_table(runs)) == [row]
    # The same method, recipe and seed on other pictures is a row of its own, against its own control: 0.55 - 0.50.
    others = [replace(found, pictures="CIFAR-10") for found in (run("control", top1=0.50), run("q-score", top1=0.55))]
    found = cells(paper_tables.regularised_table([*others, *runs]))
    assert found == [row, ["simclr", "CIFAR-10", "quick", "1", "+5.0", "78.6 to 80.8: +2.2"]]
    assert results.NO_RUNS in results.page([], [], others, [])  # what is told at length is of one data set


def test_the_section_stands_on_the_page_where_something_was_recorded():
    text = results.page([], [alignment()], [], [], [made_up()])
    assert "## Beside the paper" in text
    assert "What could not be run here" in text
    assert "Beside the paper" not in results.page([], [alignment()], [], [])


def test_the_papers_methods_are_those_that_can_be_trained():
    from qscore_core.objectives import METHODS

    assert set(PAPER) == set(METHODS)


def test_a_built_in_encoder_is_recorded_and_known_again(workspace):
    found = reproduction("untrained", "habitats:untrained", "habitats?count=60", workspace, "test")
    assert found.curve[0].top1 == found.top1
    assert is_of_today(found, "habitats:untrained", "habitats?count=60", workspace, "test")
    changed = replace(found, representations=("other", "other"))
    assert not is_of_today(changed, "habitats:untrained", "habitats?count=60", workspace, "test")
