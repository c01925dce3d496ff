"""docs/results.md from made-up records, worked out by hand."""

import sys
from pathlib import Path

import pytest
from made_up_records import STATE, WITHOUT_LABELS, encoder, run

from bench import results
from bench.changes import change_of
from bench.encoder_tables import auroc_verdict, heat_table, probe_table, score_table
from bench.finetune_tables import change_table, groups, ssl_loss, state_table, term_table, term_verdict, verdict
from bench.markdown import number, percent, points, signed, table, with_interval
from bench.records import Candidate, read_candidates, write_candidates, write_encoder, write_run
from bench.tuned_table import best, tuned_table
from qscore_core.regulariser import Weights

ROOT = Path(__file__).parents[2]


def cells(text):
    """Rows of a Markdown table below its head, as lists of cells."""
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]


def test_numbers_as_text():
    assert (percent(0.8816), percent(None), percent(0.823, 0)) == ("88.2 %", "–", "82 %")
    assert (number(0.5), number(None), with_interval(0.5506, (0.4934, 0.6088))) == (
        "0.500",
        "–",
        "0.551 (0.493 to 0.609)",
    )
    # 0.01 and 0.03: mean 0.02, s = 0.0141421, t(0.975, 1) = 12.7062, reach 12.7062 * 0.0141421 / sqrt(2) = 0.127062.
    assert points(change_of([0.01, 0.03])) == "+2.0 (-10.7 to +14.7)"
    assert signed(change_of([-0.2, -0.2])) == "**-0.200 (-0.200 to -0.200)**"
    assert (signed(change_of([0.01])), signed(None)) == ("+0.010", "–")
    assert table(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_the_tables_of_encoders_by_hand():
    records = [encoder("simclr"), encoder("untrained", heat=False)]
    untrained, simclr = cells(probe_table(records))
    # Wilson for 8 of 10: 0.490 to 0.943.
    assert simclr == ["simclr", "80.0 % (49.0 to 94.3)", "100.0 %", "0.0 %", "80.0 %", "0.40", "4.1 %", "114.4"]
    assert untrained[0] == "untrained"
    rows = cells(score_table(records[:1]))
    assert rows[0] == ["simclr", "4", "14.9", "12 %", "232", "0.051", "–", "–", "–", "–", "–"]
    judged = ["0.600 (0.550 to 0.650)", "0.850 (0.750 to 0.950)", "0.800", "0.250 (0.150 to 0.350)", "0.200"]
    assert rows[1] == ["simclr", "auto: 2.2", "14.9", "12 %", "232", "0.051", *judged]
    assert cells(heat_table(records)) == [
        ["simclr", "5", "1", "25.0 %", "20.0 %", "+5.0 (+1.0 to +9.0)", "–", "–", "–"]
    ]


def test_auroc_is_counted_for_trained_encoders_only():
    records = [encoder("untrained"), encoder("a"), encoder("b", low=0.45), encoder("c", auroc=0.4, low=0.3, high=0.49)]
    assert "lies above 0.5 for 1 of 3 trained encoders and below it for 1;" in auroc_verdict(records)


def small_experiment():
    """Two seeds of two arms for one method, one seed for another; lasso gains 1 and 3 points over control."""
    terms = {"lasso": 0.5, "gradient_lasso": 0.002}
    return [
        run("lasso", 0, top1=0.82, swapped=0.35, mean_q=0.06, auroc=0.55, last_epoch=terms),
        run("control", 0, top1=0.81, swapped=0.31),
        run("control", 1, top1=0.79, swapped=0.31),
        run("lasso", 1, top1=0.82, swapped=0.35, mean_q=0.06, auroc=0.55, last_epoch=terms | {"lasso": 0.7}),
        run("control", 0, "byol", top1=0.70),
        run("lasso", 0, "byol", top1=0.74, last_epoch=terms),
    ]


def test_runs_are_grouped_by_method_and_arm():
    runs = [*small_experiment(), run("unheard-of"), run("tuned")]
    assert [(method, arm, len(found)) for method, arm, found in groups(runs)] == [
        *(("byol", "control", 1), ("byol", "lasso", 1), ("simclr", "control", 2), ("simclr", "lasso", 2)),
        *(("simclr", "tuned", 1), ("simclr", "unheard-of", 1)),
    ]


def test_the_table_of_changes_by_hand():
    rows = {tuple(row[:2]): row[2:] for row in cells(change_table(small_experiment()))}
    # Before is 80 % throughout. Control of simclr: 81 and 79 %, so +1 and -1 point: mean 0, reach 12.7062 * 1 = 12.7.
    assert rows["simclr", "control"] == ["2", "80.0 %", "+0.0 (-12.7 to +12.7)", "–", "–", "–", "–"]
    # Lasso gains +1 and +3 points over the control of its seed, +4 in `swapped` both times.
    assert rows["simclr", "lasso"][:4] == ["2", "82.0 %", "**+2.0 (+2.0 to +2.0)**", "+2.0 (-10.7 to +14.7)"]
    assert rows["simclr", "lasso"][4:] == [
        *("**+4.0 (+4.0 to +4.0)**", "**+0.0100 (+0.0100 to +0.0100)**", "**-0.050 (-0.050 to -0.050)**"),
    ]
    assert rows["byol", "lasso"][:4] == ["1", "74.0 %", "-6.0", "+4.0"]
    # Over methods: +2 and +4 points against control; against before +2 and -6.
    assert rows["all methods (2)", "lasso"][:4] == ["3", "–", "-2.0 (-52.8 to +48.8)", "+3.0 (-9.7 to +15.7)"]
    assert rows["all methods (2)", "control"] == ["3", "–", "-5.0 (-68.5 to +58.5)", "–", "–", "–", "–"]


def test_an_arm_of_a_single_method_has_no_row_over_methods():
    assert [row[:2] for row in cells(change_table([run(), run("tuned")]))] == [
        ["simclr", "control"],
        ["simclr", "tuned"],
    ]


def test_the_table_of_states_starts_with_before():
    runs = [run("control", 0, mean_q=0.07, auroc=None), run("control", 1, mean_q=0.09, auroc=0.5)]
    before, after = cells(state_table(runs))
    shares = ["0.0 %", "100.0", "25.0 %", "20.0 %", "10.0 %", "30.0 %"]
    assert before == ["simclr", "before", "2.2", "0.0500", "10 %", "0.600", *shares]
    assert after == ["simclr", "control", "2.2", "0.0800", "10 %", "0.500", *shares]


def test_the_table_of_terms_by_hand():
    rows = cells(term_table(small_experiment()))
    # Lasso of simclr: 0.5 and 0.7, mean 0.6; gradient 0.002 of 0.2 is 1 %. Arms without a term are left out.
    assert rows == [
        ["byol", "lasso", "2.500", "–", "–", "0.5", "–", "–", "1 %"],
        ["simclr", "lasso", "2.500", "–", "–", "0.6", "–", "–", "1 %"],
    ]


def test_the_verdict_on_the_terms_by_hand():
    # Gradients of 0.2 (SSL): Q term 1e-6 / 0.2 = 0.0005 %; column term 0.002 / 0.2 = 1 % and 0.02 / 0.2 = 10 %.
    runs = [
        run("q-score", mean_q=0.06, last_epoch={"gradient_q_score": 1e-6, "gradient_columns": 0.002}),
        run("q-score", 0, "byol", last_epoch={"gradient_q_score": 1e-6, "gradient_columns": 0.02}),
        *(run(arm, mean_q=mean_q) for arm, mean_q in [("q-term-alone", 0.05), ("column-term-alone", 0.061)]),
        *(run(), run("control", 0, "byol")),
    ]
    told = term_verdict(runs)
    assert "the Q term is at most 0.0005 % of the SSL loss's, that of the column term 1 to 10 %" in told
    assert "the column term does the work" in told
    # Only simclr has the ablations, 0.05 is its control: byol's q-score does not count.
    assert told.endswith("q-score +0.0100, q-term-alone +0.0000, column-term-alone +0.0110.")
    strong = run("q-score", last_epoch={"gradient_q_score": 0.01, "gradient_columns": 0.02})
    assert "neither term does the work alone" in term_verdict([strong])
    assert term_verdict([run(), run("lasso")]) == ""


def test_the_ssl_loss_is_the_sum_of_the_objectives_terms():
    vicreg = {"nt_xent": 1.0, "variance": 2.0, "q_score": -9.0, "columns": 5.0, "gradient_columns": 3.0}
    assert ssl_loss(run(last_epoch=vicreg)) == pytest.approx(3.0)


def test_the_verdict_counts_intervals_against_control():
    runs = [run("control", seed, top1=0.8) for seed in (0, 1)]
    runs += [run("lasso", seed, top1=0.9) for seed in (0, 1)]
    runs += [run("tuned", seed, top1=0.7) for seed in (0, 1)]
    runs += [run("q-score", seed, top1=0.8 + 0.1 * seed) for seed in (0, 1)]
    assert verdict(runs).startswith(
        "Of 3 comparisons of probe top-1 with `control`, the interval lies above 0 in 1 and below 0 in 1; "
        "the other 1 hold 0,"
    )


def test_data_without_labels_leaves_cells_empty():
    runs = [run(before=WITHOUT_LABELS), run("lasso", before=WITHOUT_LABELS)]
    assert cells(change_table(runs))[1][3:] == ["–", "–", "–", "–", "+0.0000", "–"]
    assert cells(state_table(runs))[0][-2:] == ["–", "–"]


def test_the_page_is_written_from_the_records_alone(tmp_path, monkeypatch):
    for record in (encoder("untrained"), encoder("simclr")):
        write_encoder(record, tmp_path)
    words = ["results", "--records", str(tmp_path), "--write", str(tmp_path / "results.md")]
    monkeypatch.setattr(sys, "argv", words)
    results.main()
    assert "No fine-tuning run has been recorded yet." in (tmp_path / "results.md").read_text()
    for record in [*small_experiment(), run("control", recipe="paper", before=STATE)]:
        write_run(record, tmp_path)
    results.main()
    text = (tmp_path / "results.md").read_text()
    assert text == results.page(results.read_encoders(tmp_path), [], results.read_runs(tmp_path), [])
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings == [
        *("## The built-in encoders", "## Does Q-Score predict the probe's mistakes?"),
        *("## Where the discriminative features look", "## Fine-tuning, recipe `paper`"),
        "## Fine-tuning, recipe `quick`",
    ]
    assert "- `lasso`: an L1 penalty" in text
    assert "{" not in text


def test_the_committed_page_is_what_the_committed_records_give():
    page = results.page_of(ROOT / results.FOLDER)
    assert (ROOT / "docs" / "results.md").read_text() == page, "python -m bench.results --write docs/results.md"


def test_no_records_at_all_are_a_page_too(tmp_path):
    text = results.page(results.read_encoders(tmp_path), [], results.read_runs(tmp_path), [])
    assert text.startswith("# Results\n")
    assert "| " not in text


def test_the_choice_of_tuned_by_hand(tmp_path):
    strong = Weights(q_score=0.3, columns=0.1, scale="gradient")
    tried = [Candidate(Weights(), {"simclr": 0.87}, 0.0), Candidate(strong, {"simclr": 0.865}, -0.005)]
    write_candidates(tried, tmp_path)
    assert read_candidates(tmp_path) == tried
    assert cells(tuned_table(tried)) == [
        ["none (control)", "87.0 %", "+0.00"],
        ["q_score 0.3, columns 0.1", "86.5 %", "-0.50"],
    ]
    assert best(tried) == strong
    assert "How the arm `tuned` was chosen" in results.page([], [], [], tried)
    assert "How the arm `tuned` was chosen" not in results.page([], [], [], read_candidates(tmp_path / "none"))
