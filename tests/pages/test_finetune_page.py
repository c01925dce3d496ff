"""The fine-tune page: what it refuses, what it starts, how it finds runs again, and what it compares."""

import re

import numpy as np
import pytest
from finetune_set import inputs, simclr_encoder
from job_process import LightJob, in_state, until
from typer.testing import CliRunner

from qscore_core.cli import app as cli
from qscore_core.devices import device_name
from qscore_core.experiments import experiments
from qscore_core.imported import ImportRequest, import_features
from qscore_core.jobs import cancel_job, find_job, list_jobs
from qscore_core.jobs.request import make_request
from qscore_core.jobs.starting import submit
from qscore_core.run_standing import VERB, run_arguments, run_title
from qscore_core.status import StatusFile
from qscore_core.workspace import Workspace


def said(elements):
    return [element.value for element in elements]


def button(test, label):
    return next(found for found in test.button if found.label.startswith(label))


def labels(test):
    return [found.label for found in test.button]


def run_verb(verb, arguments, workspace):
    result = CliRunner().invoke(cli, [verb, *arguments, "--workspace", str(workspace)])
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A workspace with the scores of two small encoders, one of known and one of unknown objective."""
    folder = tmp_path_factory.mktemp("finetune")
    unknown, data = inputs(folder, count=24)
    known = simclr_encoder(folder)
    for encoder in (known, unknown):
        run_verb("score", ["--encoder", encoder, "--dataset", data], folder / "workspace")
    return folder / "workspace", known, unknown, data


@pytest.fixture
def opened(small, app, monkeypatch):
    """`opened(**address)`: the page on the small encoder whose objective is known."""
    folder, known, _, data = small
    monkeypatch.setenv("QSCORE_WORKSPACE", str(folder))
    monkeypatch.setenv("QSCORE_FOLDERS", str(folder.parent))
    return lambda **address: app.open("finetune", **{"encoder": known, "data": data, **address})


def small_batches(test):
    """What fits 24 pictures."""
    test.number_input(key="finetune_batch_size").set_value(8)
    test.number_input(key="finetune_head_warmup_steps").set_value(1)
    return test.number_input(key="finetune_epochs").set_value(1).run()


def experiment_of(small):
    folder, known, _, data = small
    return experiments(known, data, "train", Workspace.at(folder))


def test_before_anything_ran_it_offers_two_arms_and_says_what_does_not_fit(app):
    test = app.open("finetune")
    assert not test.exception
    assert test.title[0].value == "Fine-tune"
    assert test.multiselect(key="finetune_arms").value == ["control", "q-score"]
    assert said(test.error) == [
        "`batch_size` should be at most the number of pictures. Found 128 for 120 pictures in `habitats?count=120`, "
        "split `train`."
    ]
    assert button(test, "Start").disabled
    assert any(words.startswith("**Objective: SimCLR**, continued: its projector") for words in said(test.markdown))
    test.number_input(key="finetune_batch_size").set_value(32).run()
    assert not test.error
    assert button(test, "Start 2 arms")
    assert said(test.info) == [
        "Nothing has been fine-tuned from `habitats:simclr` on `habitats?count=120` yet. Start above."
    ]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("epochs", 0, "`epochs` should be at least 1. Found 0."),
        ("batch_size", -8, "`batch_size` should be at least 2. Found -8."),
        ("learning_rate", 0.0, "`learning_rate` should exceed 0. Found 0.0."),
        ("weight_decay", -1.0, "`weight_decay` should be at least 0. Found -1.0."),
        ("warmup_epochs", -1.0, "`warmup_epochs` should be at least 0. Found -1.0."),
        ("lower", 96.0, "`percentiles` should rise from 0 to 100. Found 96.0 and 95.0; the paper uses 50 95."),
        ("q_score", -1.0, "The weight of `q_score` should be 0 or more. Found -1.0."),
        ("refresh_epochs", -1, "`refresh_epochs` and `head_warmup_steps` should be at least 0. Found -1 and 1."),
        ("seed", -1, "`seed` should lie in 0..2147483647. Found -1."),
    ],
)
def test_values_without_meaning_are_refused_by_message(opened, name, value, message):
    test = small_batches(opened())
    test.number_input(key=f"finetune_{name}").set_value(value).run()
    assert not test.exception
    assert said(test.error) == [message]
    assert button(test, "Start").disabled
    assert button(test, "Estimate").disabled


def test_an_epsilon_out_of_reach_is_refused(opened):
    test = small_batches(opened())
    test.toggle(key="finetune_automatic").set_value(False).run()
    test.number_input(key="finetune_epsilon").set_value(9.0).run()
    assert said(test.error)[0].startswith(
        "Representations of 64 features cannot have a highly active one at epsilon = 9"
    )


def test_a_recipe_fills_the_fields_and_the_link_carries_recipe_and_arms(opened):
    test = opened(recipe="paper", arms="control,lasso")
    assert test.number_input(key="finetune_epochs").value == 50
    assert test.selectbox(key="finetune_optimizer").value == "lars"
    assert not test.toggle(key="finetune_automatic").value
    assert test.multiselect(key="finetune_arms").value == ["control", "lasso"]
    test.radio(key="finetune_recipe").set_value("quick").run()
    assert test.number_input(key="finetune_epochs").value == 2
    assert test.toggle(key="finetune_automatic").value


def test_without_control_it_warns(opened):
    test = opened(arms="q-score")
    assert any(words.startswith("Without `control`") for words in said(test.warning))


def test_an_encoder_of_unknown_objective_is_asked_for_one(small, opened):
    test = opened(encoder=small[2])
    assert not test.exception
    assert any("should be known to continue it. Found `untrained`" in words for words in said(test.warning))
    assert test.selectbox(key="finetune_method").value == "simclr"
    test.selectbox(key="finetune_method").set_value("vicreg").run()
    (words,) = [words for words in said(test.markdown) if words.startswith("**Objective")]
    assert words.startswith("**Objective: VICReg.** This file has no heads of its own: new ones are first warmed up")


def test_an_array_brought_in_cannot_be_fine_tuned(empty_app, tmp_path):
    rng = np.random.default_rng(0)
    np.save(tmp_path / "h.npy", np.maximum(rng.standard_normal((200, 256)) ** 3, 0).astype(np.float32))
    import_features(ImportRequest(tmp_path / "h.npy", "mine", "all"), Workspace.at(empty_app.workspace))
    test = empty_app.open("finetune", data="features:mine")
    assert not test.exception
    assert said(test.info) == [
        "Fine-tuning needs pictures and an encoder; `features:mine` is an array brought in. Choose other data."
    ]
    assert "Start 2 arms" not in labels(test)


def test_arms_wait_in_line_are_found_again_by_another_visitor_stop_and_resume(small, opened):
    workspace = Workspace.at(small[0])
    busy = LightJob(workspace, "Sort shells", device=device_name())
    until(workspace, busy, in_state("running"))
    try:
        test = small_batches(opened())
        test.number_input(key="finetune_seed").set_value(7).run()
        button(test, "Start 2 arms").click().run()
        assert not test.exception
        second, first = list_jobs(workspace)[:2]
        for job in (first, second):
            until(workspace, job, in_state("queued"))

        other = opened()
        assert other.subheader[0].value == "Experiment"
        waiting = [words for words in said(other.markdown) if "Waiting" in words]
        assert f"next in line for {device_name()}, behind “Sort shells”" in waiting[0]
        assert f"number 2 in line for {device_name()}, behind “Sort shells” and 1 more" in waiting[1]
        assert labels(other).count("Stop") == 2

        button(other, "Stop").click().run()
        until(workspace, first, in_state("cancelled"))
        other.run()
        assert (labels(other).count("Stop"), labels(other).count("Resume")) == (1, 1)
        button(other, "Resume").click().run()
        again = list_jobs(workspace)[0]
        assert (again.arguments, again.title) == (first.arguments, first.title)
        until(workspace, again, in_state("queued"))
        for job in (second, again):
            cancel_job(job, workspace)
        assert find_job(busy.id, workspace).state == "running"
    finally:
        for job in list_jobs(workspace):
            if job.id != busy.id:
                cancel_job(job, workspace)
        busy.kill()


@pytest.fixture(scope="module")
def trained(small):
    """Both arms done and reported on, in this process and not as jobs."""
    folder, known, _, data = small
    words = ["--encoder", known, "--dataset", data, "--recipe", "quick", "--epochs", "1", "--batch-size", "8"]
    for arm in ("control", "q-score"):
        run_verb("finetune", [*words, "--head-warmup-steps", "1", "--arm", arm], folder)
    (experiment,) = [found for found in experiment_of(small) if all(run.done for run in found.runs)]
    subject = ["--dataset", data, "--split", "test", "--fit", "train", "--epsilon", str(experiment.runs[0].epsilon)]
    for ref in (known, *(run.ref for run in experiment.runs)):
        run_verb("encoder-report", ["--encoder", ref, *subject], folder)
    return experiment


def test_what_a_terminal_trained_is_shown_with_its_curves_and_compared(trained, opened):
    test = opened(experiment=trained.key)
    assert not test.exception
    done = [words for words in said(test.markdown) if "Done in" in words]
    assert [re.search(r"`(run:.*?)`", words).group(1) for words in done] == [run.ref for run in trained.runs]
    assert all("arm control, seed 0" in words or "arm q-score, seed 0" in words for words in done)
    assert any("65.44 to" in words.replace("\n", " ") for words in said(test.info))
    table = test.dataframe[0].value
    assert list(table) == ["measure", "before", "control", "q-score", "what it says"]
    assert list(table["measure"])[:2] == ["Probe top-1, test", "Mean Q"]
    assert re.fullmatch(r"\d+\.\d % \(\d+\.\d to \d+\.\d\)", table["control"][0])
    test.segmented_control(key="finetune_shown").set_value("against control").run()
    assert list(test.dataframe[0].value) == ["measure", "q-score", "what it says"]
    assert re.fullmatch(r"[+−]\d+\.\d points", test.dataframe[0].value["q-score"][0])
    assert [found.proto.label for found in test.get("download_button")] == ["Export CSV"]


@pytest.mark.usefixtures("trained")
def test_the_same_arms_again_are_not_started_twice(opened):
    test = small_batches(opened())
    assert button(test, "Start").disabled
    assert any(words.startswith("All of these arms are done or under way") for words in said(test.caption))
    test.multiselect(key="finetune_arms").set_value(["control", "q-score", "lasso"]).run()
    assert button(test, "Start 1 arm")


def test_opening_an_arms_encoder_makes_it_everyones_with_its_lineage(trained, opened):
    test = opened(experiment=trained.key)
    next(found for found in test.button if found.key == f"open_{trained.runs[1].run}").click().run()
    assert not test.exception
    assert test.selectbox(key="encoder").value == trained.runs[1].ref
    parent = trained.runs[1].settings["parent"]
    assert f"from {parent}, arm q-score, seed 0" in said(test.sidebar.caption)


def test_an_arm_that_failed_says_why_and_can_be_tried_again(small, opened):
    workspace = Workspace.at(small[0])
    words = ["--encoder", small[1], "--dataset", small[3], "--recipe", "quick", "--epochs", "1", "--batch-size", "8"]
    run_verb("finetune", [*words, "--head-warmup-steps", "1", "--arm", "control", "--seed", "3"], small[0])
    (run,) = [run for found in experiment_of(small) for run in found.runs if run.settings["seed"] == 3]
    run.files.encoder.unlink()
    folder = submit(make_request(VERB, run_arguments(run), run_title(run)), workspace)
    folder.log.write_text("The loss went up and up.")
    StatusFile(folder.status).write("failed", "Run `x` ended: nt_xent is nan at step 3.")
    (key,) = [found.key for found in experiment_of(small) if run.run in [other.run for other in found.runs]]
    test = opened(experiment=key)
    assert "Failed. Run `x` ended: nt_xent is nan at step 3." in said(test.error)
    assert "The loss went up and up." in said(test.code)
    assert button(test, "Try again")
