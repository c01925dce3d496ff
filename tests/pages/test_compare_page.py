"""The Compare page on two encoders that were compared by the command line, and where nothing can be compared yet."""

import json

import pytest
from conftest import DATA, ENCODER
from typer.testing import CliRunner

from qscore_core.cli import app as cli

OTHER = "habitats:untrained"


@pytest.fixture(scope="module")
def compared(ready_workspace):
    """What the verb says of two encoders; what it made lies in the workspace of the pages."""
    words = ["compare", ENCODER, OTHER, "--dataset", DATA, "--workspace", str(ready_workspace), "--device", "cpu"]
    done = CliRunner().invoke(cli, [*words, "--json"])
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def opened(app, **address):
    test = app.open("compare", compared=f"{ENCODER},{OTHER}", **address)
    assert not test.exception
    return test


def chosen(test):
    """How many images the grid speaks of."""
    words = next(text.value for text in test.markdown if " images**" in text.value)
    return int(words.strip("*").split()[0].replace(",", ""))


def test_the_table_says_what_the_verb_says(app, compared):
    table = opened(app).dataframe[0].value.set_index("measure")
    for row in compared["rows"]:
        assert table.loc["Probe top-1, test", row["encoder"]].startswith(f"{100 * row['top1']:.1f} %")
        assert table.loc["AUROC of Q", row["encoder"]].startswith(f"{row['auroc']:.3f}")
        assert table.loc["ε", row["encoder"]] == f"{row['epsilon']:.1f}"


def test_the_clearly_best_stands_in_bold_and_in_a_sentence(app, compared):
    test = opened(app)
    rows = test.table[0].value
    by_ref = {row["encoder"]: row for row in compared["rows"]}
    (low, _), (_, high) = by_ref[ENCODER]["top1_ci"], by_ref[OTHER]["top1_ci"]
    cell = rows.iloc[0].tolist()[0]
    assert cell.startswith("**") == (low > high)
    said = any("simclr is clearly ahead by probe top-1, test" in text.value.replace("\\", "") for text in test.markdown)
    assert said == (low > high)


def test_quadrants_choose_images_and_the_address_keeps_them(app, compared):
    pair = compared["pairs"][0]
    assert chosen(opened(app)) == 120
    test = opened(app, q_part="only A low")
    assert chosen(test) == pair["quadrants"]["only A low"]
    test = opened(app, outcome_part="only B wrong")
    assert chosen(test) == pair["outcomes"]["quadrants"]["only B wrong"]
    test.segmented_control(key="outcome_part").set_value("both wrong").run()
    assert chosen(test) == pair["outcomes"]["quadrants"]["both wrong"]
    assert test.query_params["outcome_part"] == "both wrong"


def test_a_line_in_the_address_chooses_what_it_goes_around(app, compared):
    # The lower left quarter of the plane, in thousandths of the frame, on axes of ranks.
    test = opened(app, axes="rank, %", around="0.0_500.0_500.500_0.500")
    both_low = compared["pairs"][0]["quadrants"]["both low"]
    assert abs(chosen(test) - both_low) <= 3  # the frame has a margin, and quadrants part at a median
    assert 0 < chosen(test) < 120
    assert test.query_params["around"] == "0.0_500.0_500.500_0.500"
    assert "No image is chosen" in opened(app, around="0.0_1.0_1.1").info[0].value
    test.segmented_control(key="axes").set_value("Q-Score").run()
    assert chosen(test) == 120  # a line goes with the plot it was drawn in
    assert "around" not in test.query_params


def test_a_and_b_can_be_swapped(app, compared):
    test = opened(app)
    next(button for button in test.button if button.label == "Swap").click().run()
    assert (test.selectbox(key="a").value, test.selectbox(key="b").value) == (OTHER, ENCODER)
    only_b = compared["pairs"][0]["outcomes"]["quadrants"]["only B wrong"]
    test.segmented_control(key="outcome_part").set_value("only A wrong").run()
    assert chosen(test) == only_b


@pytest.mark.parametrize("detail", ["Disagreement", "Classes", "Representations", "Neighbours", "Features"])
@pytest.mark.usefixtures("compared")
def test_every_detail_is_drawn(app, detail):
    test = opened(app, detail=detail)
    assert test.segmented_control(key="detail").value == detail
    assert not test.error


@pytest.mark.usefixtures("compared")
def test_matches_follow_the_feature(app):
    test = opened(app, detail="Features", match_of="7")
    assert test.number_input(key="match_of").value == 7
    assert len(test.segmented_control(key="partner").options) == 5
    assert any(text.value.startswith("**A: feature 7**") for text in test.markdown)


def test_one_encoder_alone_is_told_what_to_do(app):
    test = app.open("compare")
    assert not test.exception
    assert "Choose at least two encoders" in test.info[0].value


@pytest.mark.parametrize(
    ("encoder", "message"), [("nonsense:there", "`nonsense:there` should start with one of"), ("file:/etc/passwd", "")]
)
def test_an_encoder_that_cannot_be_opened_is_explained(app, encoder, message):
    test = app.open("compare", compared=f"{ENCODER},{encoder}")
    assert not test.exception
    assert message in test.error[0].value


def test_what_was_not_compared_yet_is_offered_as_a_job(app):
    test = app.open("compare", compared=f"{ENCODER},habitats:byol")
    assert not test.exception
    assert "Compare these encoders" in [button.label for button in test.button]


@pytest.mark.usefixtures("compared")
def test_a_report_is_offered_until_it_is_there(app):
    test = opened(app)
    assert "Make the report" in [button.label for button in test.button]


def test_the_chosen_images_are_kept_for_other_pages(app, compared):
    count = compared["pairs"][0]["quadrants"]["only B low"]
    test = opened(app, q_part="only B low")
    next(button for button in test.button if button.label == "Use these on all pages").click().run()
    test.segmented_control(key="q_part").set_value("all").run()
    assert not test.exception
    assert chosen(test) == count
