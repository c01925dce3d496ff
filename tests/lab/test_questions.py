"""Answers are judged by the measured facts, question by question."""

import json
from dataclasses import replace

import numpy as np
import pytest
from finetune_set import inputs, reserved
from lab_facts import PULL, lab_facts

from qscore_core.lab import STEPS, facts_from_dict, run_under_way
from qscore_core.lab.measuring import ends
from qscore_core.lab.session import filled
from qscore_core.lab.truths import (
    APART,
    BY_LABELS,
    COLUMN_TERM,
    HIGH,
    LOW,
    ON_BODY,
    ON_BOTH,
    ON_HABITAT,
    OVERLAP,
    Q_TERM,
    UNTOLD,
)
from qscore_core.status import StatusFile

ASKED = {question.key: question for step in STEPS for question in step.questions}


def judged(key, answer, facts=None):
    return ASKED[key].judge(facts or lab_facts(), answer).right


@pytest.mark.parametrize(
    ("key", "right", "wrong"),
    [
        ("mean_active", 0.6, 0.8),  # within 0.15 of 0.6
        ("lowest_wrong", 7, 8),
        ("swapped", 28.0, 30.0),  # within 1 of 28.2
        ("empty", 82.5, 84.0),  # within 1 of 82
    ],
)
def test_numbers_are_right_within_what_a_page_shows(key, right, wrong):
    assert judged(key, right) is True
    assert judged(key, wrong) is False


@pytest.mark.parametrize(("interval", "truth"), [((0.49, 0.61), UNTOLD), ((0.51, 0.6), LOW), ((0.3, 0.49), HIGH)])
def test_whether_q_predicts_follows_from_the_interval(interval, truth):
    facts = lab_facts(auroc_ci=interval)
    assert [judged("q_predicts", answer, facts) for answer in (LOW, UNTOLD, HIGH)] == [
        answer == truth for answer in (LOW, UNTOLD, HIGH)
    ]


@pytest.mark.parametrize(
    ("fits", "fits_not", "truth"), [(0.95, 0.25, ON_HABITAT), (0.9, 0.88, ON_BODY), (0.9, 0.6, ON_BOTH)]
)
def test_what_the_encoder_leans_on_follows_from_its_accuracies(fits, fits_not, truth):
    assert judged("leans", truth, lab_facts(fits=fits, fits_not=fits_not)) is True


def test_the_comparison_is_by_the_second_encoders_numbers():
    assert judged("sturdier", "habitats:b") is True
    assert judged("sturdier", "habitats:a") is False
    assert judged("intervals", OVERLAP) is True  # 0.49 to 0.61 and 0.58 to 0.70
    assert judged("intervals", APART, lab_facts(auroc_ci=(0.49, 0.57))) is True


@pytest.mark.parametrize(
    ("feature", "right", "words"),
    [
        (3, True, "6.0 times as often"),  # 0.6 of its images against 0.1 of all
        (4, False, "clearer favourite"),
        (5, False, "too few images"),
        (6, False, "not discriminative"),
        (7, False, "fires in no image of `train`"),
    ],
)
def test_a_feature_must_be_discriminative_frequent_and_telling(feature, right, words):
    verdict = ASKED["feature"].judge(lab_facts(), feature)
    assert verdict.right is right
    assert words in verdict.words


def test_the_terms_can_be_judged_only_after_a_run():
    before = ASKED["stronger"].judge(lab_facts(), COLUMN_TERM)
    assert before.right is None
    assert "Start one" in before.words
    assert judged("stronger", COLUMN_TERM, lab_facts(pull=PULL)) is True
    assert judged("stronger", Q_TERM, lab_facts(pull=replace(PULL, q_score=1.0))) is True
    # 1e-7 and 1e-3 over 0.1
    assert "1.0e-06 times the SSL loss's, the column term's 1.0e-02" in ASKED["stronger"].expected(lab_facts(pull=PULL))


def test_every_expected_answer_is_judged_right():
    facts = lab_facts(pull=PULL)
    for question in ASKED.values():
        if question.kind == "choice":
            assert question.judge(facts, question.truth(facts)).right is True
            assert question.truth(facts) in [filled(option, facts) for option in question.options]
        elif question.kind == "number":
            assert question.judge(facts, question.truth(facts)).right is True


def test_facts_survive_json():
    facts = lab_facts(pull=PULL)
    assert facts_from_dict(json.loads(json.dumps(facts.as_dict()))) == facts


def test_the_ends_of_the_ranking():
    # 20 images: a tenth is 2. The lowest Q are 0 and 1, both wrong; the highest 18 (right) and 19 (wrong).
    q = np.arange(20.0)
    correct = np.array([number not in (0, 1, 19) for number in range(20)])
    lowest, highest = ends(q, correct)
    assert (lowest.images, lowest.wrong) == (2, 2)
    assert (highest.images, highest.wrong) == (2, 1)


def test_a_wrong_choice_is_answered_with_where_to_look_or_why_it_is_wrong():
    told = ASKED["q_predicts"].judge(lab_facts(auroc_ci=(0.55, 0.65)), UNTOLD)
    assert (told.right, told.words.partition(" on ")[0]) == (False, "Not quite. Look at the interval of Q's AUROC")
    assert "nobody has them for the images that matter" in ASKED["what_to_do"].judge(lab_facts(), BY_LABELS).words


def test_an_arm_that_was_started_is_under_way_until_it_is_done(tmp_path, workspace):
    run = reserved(*inputs(tmp_path), workspace)
    facts = replace(lab_facts(), encoder=run.settings["parent"], dataset=run.settings["dataset"])
    assert run_under_way(facts, workspace) is None  # written down, not started
    StatusFile(run.files.status).write("running")
    assert run_under_way(facts, workspace).run.run == run.run
    assert run_under_way(replace(facts, encoder="habitats:b"), workspace) is None
    run.files.encoder.touch()
    assert run_under_way(facts, workspace) is None
