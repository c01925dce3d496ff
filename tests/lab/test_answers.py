"""Progress is kept under a code, right answers for good; the teacher's sheet counts them."""

import pytest
from lab_facts import lab_facts

from qscore_core.errors import BadReferenceError
from qscore_core.lab import (
    STEPS,
    answers_of,
    handout,
    keep_answer,
    new_code,
    require_code,
    standing,
    teachers_sheet,
)


def test_an_answer_is_found_again_and_a_right_one_stays(workspace):
    code = new_code()
    keep_answer(code, "swapped", 11.0, False, workspace)
    assert not answers_of(code, workspace).right("swapped")
    keep_answer(code, "swapped", 28.0, True, workspace)
    keep_answer(code, "swapped", 3.0, False, workspace)
    found = answers_of(code, workspace)
    assert found.given == {"swapped": (28.0, True)}
    assert answers_of(new_code(), workspace).given == {}


@pytest.mark.parametrize("text", ["../../etc", "ABC", "", "abcdefgh/", "äbcdefgh", "abcdefghi"])
def test_a_code_cannot_name_a_path(text, workspace):
    with pytest.raises(BadReferenceError, match=r"^A code should be 8 letters or digits\."):
        keep_answer(text, "swapped", 1.0, True, workspace)


def test_codes_are_read_as_people_type_them():
    assert require_code(" ABCD2345 ") == "abcd2345"


def test_a_damaged_file_is_a_new_start_and_harms_nobody_else(workspace):
    for code in ("aaaaaaaa", "bbbbbbbb"):
        keep_answer(code, "leans", "On the habitat", True, workspace)
    (workspace.root / "lab" / "aaaaaaaa" / "answers.json").write_text("[1, 2")
    assert answers_of("aaaaaaaa", workspace).given == {}
    assert standing(workspace)["leans"] == 1


def test_the_sheet_has_every_question_with_its_answer_and_how_many_know_it(workspace):
    keep_answer("aaaaaaaa", "swapped", 28.0, True, workspace)
    keep_answer("bbbbbbbb", "swapped", 2.0, False, workspace)
    sheet = teachers_sheet(lab_facts(), standing(workspace))
    assert "Participants with an answer so far: 2." in sheet
    for step in STEPS:
        assert step.title in sheet
        assert step.observation in sheet
    lines = sheet.splitlines()
    place = next(number for number, line in enumerate(lines) if "How accurate is the probe on `swapped`" in line)
    expected = "  - Expected: 28.2 % (27.2 % to 29.2 % counts). With ten classes, chance is 10 %."
    assert lines[place + 1 : place + 3] == [expected, "  - Right so far: 1"]
    assert "  - At `prediction?encoder=habitats:b&data=habitats&split=swapped&epsilon=4`" in lines
    assert "{" not in sheet


def test_before_the_class_the_sheet_counts_nobody_and_tells_what_is_only_foreseen(workspace):
    sheet = teachers_sheet(lab_facts(), standing(workspace))
    assert "so far" not in sheet
    assert "  - Expected: 7 (nothing else counts). Compare with" in sheet
    assert "  - Expected: The column term, by far, in every run that is recorded" in sheet
    assert "Start one, or ask your teacher" not in sheet


def test_the_session_takes_about_three_quarters_of_an_hour():
    assert 40 <= sum(step.minutes for step in STEPS) <= 50


def test_what_is_taken_home_tells_the_own_answers_and_gives_none_away(workspace):
    keep_answer("aaaaaaaa", "swapped", 28.0, True, workspace)
    keep_answer("aaaaaaaa", "leans", "On the class itself", False, workspace)
    text = handout(lab_facts(), answers_of("aaaaaaaa", workspace))
    questions = sum(len(step.questions) for step in STEPS)
    assert f"1 of {questions} questions right. Code: `aaaaaaaa`." in text
    assert "My answer: 28. Yes: 28.2 %. With ten classes, chance is 10 %." in text
    assert "My answer: On the class itself; not right yet." in text
    assert text.count("Not answered yet.") == questions - 2
    assert "{" not in text
