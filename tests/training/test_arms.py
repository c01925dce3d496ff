"""Arms with other coefficients."""

from pathlib import Path

import pytest

from bench.records import FOLDER, read_candidates
from bench.tuned_table import best
from qscore_core.errors import SettingsError
from qscore_core.regulariser import Weights
from qscore_core.training.arms import ARMS, MEANINGS, adjusted

OTHERS = {"q_score": 0.2, "columns": 0.3, "lasso": 0.4}


def test_only_terms_that_an_arm_has_are_changed():
    assert adjusted("q-score", OTHERS, "gradient") == Weights(0.2, 0.3, 0.0, "gradient")
    assert adjusted("q-term-alone", OTHERS, "absolute") == Weights(q_score=0.2)
    assert adjusted("column-term-alone", OTHERS, "absolute") == Weights(columns=0.3)
    assert adjusted("lasso", OTHERS, "absolute") == Weights(lasso=0.4)


@pytest.mark.parametrize("arm", ["control", "tuned"])
def test_control_and_tuned_stay_what_they_are(arm):
    assert adjusted(arm, OTHERS, "gradient") == ARMS[arm]


def test_tuned_is_what_the_committed_comparison_chose():
    assert best(read_candidates(Path(__file__).parents[2] / FOLDER)) == ARMS["tuned"]


def test_a_negative_coefficient_is_refused():
    with pytest.raises(SettingsError) as refused:
        adjusted("q-score", {**OTHERS, "columns": -1.0}, "absolute")
    assert str(refused.value) == "The weight of `columns` should be 0 or more. Found -1.0."


def test_every_arm_has_its_sentence():
    assert list(MEANINGS) == list(ARMS)
