"""Records of where encoders look: written, read, and as tables."""

from made_up_records import alignment

from bench import results
from bench.alignment_records import read_alignments, write_alignment
from bench.alignment_tables import gap_table, overlap_table, sweep_table, verdict
from bench.record_alignment import record_alignment


def cells(text):
    """Rows of a Markdown table below its head, as lists of cells."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]


def test_the_tables_by_hand():
    records = [alignment("simclr", (0.02, -0.01, 0.05)), alignment("untrained", (-0.02, -0.03, -0.01))]
    rows = cells(overlap_table(records, "heat_iou"))
    assert [row[0] for row in rows] == ["untrained"] * 3 + ["simclr"] * 3
    assert rows[3] == ["simclr", "all", "10", "0.300 (0.250 to 0.350)", "0.200", "0.220", "–", "–", "–"]
    assert [row[1] for row in rows[:3]] == ["all", "correct", "mis-classified"]
    assert cells(gap_table(records)) == [
        ["untrained", "**-0.020 (-0.030 to -0.010)**", "–"],
        ["simclr", "+0.020 (-0.010 to +0.050)", "–"],
    ]
    assert cells(sweep_table(records[:1]))[0] == ["simclr", "correct", "0.320", "0.120", *["–"] * 8]


def test_gaps_are_counted_for_trained_encoders_only():
    above, open_, below = (0.02, 0.01, 0.03), (0.0, -0.1, 0.1), (-0.2, -0.3, -0.1)
    records = [alignment("untrained"), alignment("a", above), alignment("b", open_), alignment("c", below)]
    assert "lies above 0 for 1 of 3 trained encoders and below it for 1;" in verdict(records)


def test_records_come_back_and_stand_on_the_page(tmp_path):
    write_alignment(alignment(), tmp_path)
    assert read_alignments(tmp_path) == [alignment()]
    page = results.page([], read_alignments(tmp_path), [], [])
    assert "## Core and spurious overlap, correct and mis-classified" in page
    assert "| simclr | mis-classified | 2 | 0.300 (0.250 to 0.350) |" in page
    assert "Core and spurious" not in results.page([], [], [], [])


def test_a_built_in_encoder_is_recorded(workspace, tmp_path):
    record = record_alignment("untrained", workspace, "habitats?count=40")
    write_alignment(record, tmp_path)
    assert read_alignments(tmp_path)[0] == record
    whole, right, wrong = (record.row(group, "core", "mass") for group in ("all", "correct", "misclassified"))
    assert whole["images"] == right["images"] + wrong["images"] == 40 - record.without_heat
    assert record.swept("all", "core", 0.0) == whole["mean"]
    right, wrong = (record.row(group, "core", "heat_iou")["mean"] for group in ("correct", "misclassified"))
    assert abs(record.gaps["core"]["difference"] - (right - wrong)) < 1e-4
