"""Each page on real scores, with nothing computed yet, and with a request that cannot be met."""

import re

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from typer.testing import CliRunner

from qscore_core.cli import app as cli
from qscore_core.imported import ImportRequest, import_features
from qscore_core.workspace import Workspace

PAGES = ("start", "features", "low_q", "prediction", "finetune")


def metrics(test):
    return {metric.label: metric.value for metric in test.metric}


def test_start_shows_scores(app):
    test = app.open()
    assert not test.exception
    assert test.title[0].value == "Q-Score Lab"
    assert metrics(test)["Images scored"] == "120"
    assert metrics(test)["Features"] == "512"
    assert {header.value for header in test.subheader} >= {"Lowest Q-Scores", "Highest Q-Scores", "All scores"}


def test_features_steps_through_the_discriminative_ones(app):
    test = app.open("features")
    assert not test.exception
    first = test.number_input(key="feature").value
    next(button for button in test.button if button.label == "Next").click().run()
    second = test.number_input(key="feature").value
    assert second != first
    next(button for button in test.button if button.label == "Previous").click().run()
    assert test.number_input(key="feature").value == first


def test_a_link_to_a_feature_opens_that_feature(app):
    test = app.open("features", feature="7")
    assert not test.exception
    assert test.number_input(key="feature").value == 7


@pytest.mark.parametrize("nonsense", ["-1", "512", "x", ""])
def test_a_link_to_a_feature_that_does_not_exist_opens_another(app, nonsense):
    test = app.open("features", feature=nonsense)
    assert not test.exception
    assert 0 <= test.number_input(key="feature").value < 512


def highly_active(test):
    """How many features are, on average."""
    line = next(text.value for text in test.markdown if "highly active" in text.value)
    return float(re.search(r"average \*\*([\d.]+)\*\*", line).group(1))


def test_epsilon_changes_the_discriminative_features(app):
    test = app.open("features")
    before = highly_active(test)
    test.slider(key="epsilon").set_value(4.0).run()
    assert not test.exception
    assert highly_active(test) < before


def test_the_link_carries_epsilon(app):
    test = app.open("features", epsilon="3.5", lower="25", upper="75")
    assert test.slider(key="epsilon").value == 3.5
    assert test.slider(key="band").value == (25.0, 75.0)


def test_low_q_filters_by_outcome_and_class(app):
    test = app.open("low_q")
    assert not test.exception
    shown = next(text.value for text in test.markdown if "images**" in text.value)
    assert shown.startswith("**120 of 120 images**")
    test = app.open("low_q", outcome="mis-classified")
    wrong = int(next(text.value for text in test.markdown if "images**" in text.value).split()[0].strip("*"))
    test = app.open("low_q", outcome="correct")
    right = int(next(text.value for text in test.markdown if "images**" in text.value).split()[0].strip("*"))
    assert wrong + right == 120
    test = app.open("low_q", classes="striped")
    assert next(text.value for text in test.markdown if "images**" in text.value).startswith("**12 of 120 images**")


def test_low_q_ranks_by_trust_once_signals_were_compared(app):
    test = app.open("low_q", order="lowest trust first")
    assert not test.exception
    assert test.selectbox(key="order").value == "lowest trust first"


def test_low_q_says_when_no_image_fits(app):
    test = app.open("low_q", q_range="0,0")
    assert not test.exception
    assert any("No image fits these filters" in text.value for text in test.info)


def test_a_link_to_an_image_shows_it(app):
    test = app.open("low_q", image="habitats/test/00031")
    assert not test.exception
    assert "habitats/test/00031" in [text.value for text in test.caption]


def test_prediction_shows_numbers_with_their_chance(app):
    test = app.open("prediction")
    assert not test.exception
    found = metrics(test)
    assert 0 < float(found["AUROC of Q"]) < 1
    assert found["Probe accuracy"].endswith("%")


def test_prediction_sets_q_beside_its_rivals_in_words(app):
    test = app.open("prediction")
    assert [tab.label for tab in test.tabs] == ["Signals", "Risk and coverage", "Classes", "Settings of Q"]
    assert any("cannot be told apart" in text.value for text in test.markdown)
    assert any("Split-half check" in text.value for text in test.markdown)
    assert any("no longer label-free" in text.value for text in test.warning)
    table = next(frame.value for frame in test.dataframe if "than Q" in frame.value)
    assert {"Q-Score", "Centred k-NN, k = 5", "Probe confidence (uses labels)"} <= set(table["signal"])


def test_prediction_offers_to_judge_signals_at_settings_that_were_not_judged(app):
    test = app.open("prediction", epsilon="3.1")
    assert not test.exception
    assert metrics(test)["AUROC of Q"]
    assert "Compare the signals" in [button.label for button in test.button]


@pytest.mark.parametrize("page", PAGES)
def test_a_reference_nobody_knows_is_explained(app, page):
    test = app.open(page, encoder="nonsense:there")
    assert not test.exception
    assert any("`nonsense:there` should start with one of" in text.value for text in test.error)


@pytest.mark.parametrize("page", PAGES)
def test_without_representations_the_page_offers_to_make_them(empty_app, page):
    test = empty_app.open(page)
    assert not test.exception
    assert "Compute representations" in [button.label for button in test.button]
    assert test.query_params["split"] == "test"  # a page that ends early has its address all the same


def test_features_without_labels_and_pictures_work(empty_app, tmp_path):
    rng = np.random.default_rng(0)
    array = tmp_path / "h.npy"
    np.save(array, np.maximum(rng.standard_normal((200, 256)) ** 3, 0).astype(np.float32))
    import_features(ImportRequest(array, "mine", "all"), Workspace.at(empty_app.workspace))
    for page in PAGES:
        test = empty_app.open(page, data="features:mine")
        assert not test.exception
        assert not test.error
    test = empty_app.open("prediction", data="features:mine")
    assert any("this data has none" in text.value for text in test.info)


def test_a_table_made_from_an_earlier_scores_file_is_shown_with_fresh_scores(empty_app, tmp_path):
    rng = np.random.default_rng(0)
    rows = []
    for number in range(40):
        Image.fromarray(rng.integers(0, 255, (64, 64, 3), dtype=np.uint8)).save(tmp_path / f"{number}.png")
        rows.append({"image_path": f"{number}.png", "q_score": -1.0, "mean": 9.0, "correct": True, "place": "lab"})
    pd.DataFrame(rows).to_csv(tmp_path / "scored.csv", index=False)
    data = f"table:{tmp_path / 'scored.csv'}"
    result = CliRunner().invoke(
        cli, ["score", "--encoder", "habitats:simclr", "--dataset", data, "--workspace", str(empty_app.workspace)]
    )
    assert result.exit_code == 0, result.output
    for page in PAGES:
        test = empty_app.open(page, data=data)
        assert not test.exception
        # 40 pictures are fewer than a batch, as the fine-tuning page says
        assert bool(test.error) == (page == "finetune")
    test = empty_app.open("low_q", data=data)
    assert any("place: **lab**" in text.value for text in test.markdown)
