"""The lab session as a participant meets it, on facts measured by the real verb."""

import subprocess
import sys

import pytest

from pages.ui.lab_steps import VERB
from qscore_core.jobs import list_jobs, start_job
from qscore_core.workspace import Workspace


def button(test, label):
    return next(found for found in test.button if found.label == label)


@pytest.fixture(scope="module")
def measured(ready_workspace):
    """The facts, from the job that the page itself would start."""
    from qscore_core.lab import ENCODER, RIVAL

    workspace = Workspace.at(ready_workspace)
    arguments = ["--dataset", "habitats?count=120", "--encoder", ENCODER, "--rival", RIVAL]
    job = start_job(VERB, arguments, workspace, title="lab")
    subprocess.run(
        [sys.executable, "-m", "qscore_core", "jobs", "watch", job.id, "--workspace", str(ready_workspace)], check=True
    )
    return ready_workspace


def test_without_facts_the_page_offers_to_measure_them(empty_app):
    test = empty_app.open("lab")
    assert not test.exception
    assert "Prepare the session" in [found.label for found in test.button]
    assert any("1. What a representation looks like (5 minutes)" in found.value for found in test.markdown)
    assert not list_jobs(Workspace.at(empty_app.workspace))


@pytest.mark.usefixtures("measured")
def test_a_question_is_answered_checked_and_kept(app):
    test = app.open("lab", step="4")
    assert not test.exception
    assert any("Core or spurious?" in found.value for found in test.subheader)
    test.number_input(key="answer_swapped").set_value(99.0)
    button(test, "Check").click().run()
    assert any("Not what the page shows" in found.value for found in test.warning)
    code = test.query_params["student"]
    from qscore_core.lab import answers_of

    assert answers_of(code, Workspace.at(app.workspace)).given["swapped"] == (99.0, False)
    again = app.open("lab", step="4", student=code)
    assert again.number_input(key="answer_swapped").value == 99.0


@pytest.mark.usefixtures("measured")
def test_steps_are_gone_through_and_told_in_the_address(app):
    test = app.open("lab")
    assert test.subheader[0].value.startswith("1. ")
    button(test, "Next").click().run()
    assert test.subheader[0].value.startswith("2. ")
    assert test.query_params["step"] == "2"


@pytest.mark.usefixtures("measured")
@pytest.mark.parametrize("step", ["99", "0", "x"])
def test_a_step_that_does_not_exist_opens_the_first(app, step):
    test = app.open("lab", step=step)
    assert not test.exception
    assert test.subheader[0].value.startswith("1. ")


@pytest.mark.usefixtures("measured")
def test_a_strangers_code_is_a_new_start(app):
    test = app.open("lab", student="../../x")
    assert not test.exception
    assert any("8 letters or digits" in found.value for found in test.error)


@pytest.mark.usefixtures("measured")
def test_a_code_from_before_brings_its_answers(app):
    from qscore_core.lab import keep_answer

    keep_answer("abcdefgh", "swapped", 28.0, True, Workspace.at(app.workspace))
    test = app.open("lab", step="4")
    test.text_input(key="typed_code").set_value("no code").run()
    assert test.query_params["student"] != "no code"
    test.text_input(key="typed_code").set_value("abcdefgh").run()
    assert test.query_params["student"] == "abcdefgh"
    assert test.number_input(key="answer_swapped").value == 28.0


@pytest.mark.usefixtures("measured")
def test_the_glossary_is_searched(app):
    test = app.open("lab")
    test.text_input(key="glossary").set_value("projector").run()
    assert any("Encoder" in found.value and "AUROC" not in found.value for found in test.markdown)
