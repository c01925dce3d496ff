"""Experiments are found from what runs say of themselves, whoever started them."""

import json
import os
from dataclasses import replace

import pytest
import torch
from finetune_set import RECIPE, inputs, reserved, task_of
from typer.testing import CliRunner

from qscore_core.cli import app
from qscore_core.errors import RepresentationError, SettingsError
from qscore_core.experiments import experiments, finetune_runs, planned_run
from qscore_core.regulariser import Weights
from qscore_core.run_standing import run_arguments
from qscore_core.training.planning import plan_arm, require_startable


@pytest.fixture
def where(tmp_path, workspace):
    return (*inputs(tmp_path), workspace)


def test_arms_with_the_same_settings_are_one_experiment_and_another_seed_is_another(where):
    encoder, data, workspace = where
    for arm in ("lasso", "q-score", "control"):
        reserved(*where, arm)
    other = reserved(*where, "control", seed=1)
    found = experiments(encoder, data, "train", workspace)
    assert sorted([run.arm for run in experiment.runs] for experiment in found) == [
        ["control"],
        ["control", "q-score", "lasso"],
    ]
    (alone,) = (experiment for experiment in found if len(experiment.runs) == 1)
    assert (alone.runs[0].run, alone.control.run, alone.settings["seed"]) == (other.run, other.run, 1)
    assert experiments(encoder, data, "test", workspace) == []
    assert experiments("habitats:simclr", data, "train", workspace) == []


def test_the_newest_experiment_comes_first(where):
    encoder, data, workspace = where
    runs = [reserved(*where, seed=seed) for seed in (0, 1, 2)]
    for run, moment in zip(runs, (200, 300, 100), strict=True):
        os.utime(run.files.settings, (moment, moment))
    found = experiments(encoder, data, "train", workspace)
    assert [(experiment.settings["seed"], experiment.started) for experiment in found] == [(1, 300), (0, 200), (2, 100)]


def test_other_weights_of_an_arm_are_named(where):
    encoder, data, workspace = where
    reserved(*where, "q-score")
    reserved(*where, "q-score", weights=Weights(q_score=0.1, columns=1e-4, scale="gradient"))
    reserved(*where, "q-score", weights=Weights(q_score=1.0))
    (experiment,) = experiments(encoder, data, "train", workspace)
    assert [run.label for run in experiment.runs] == [
        "q-score",
        "q-score (λ₁ 0.1, λ₂ 0.0001, relative)",
        "q-score (λ₁ 1)",
    ]


def test_what_is_no_fine_tuning_run_is_passed_over(where):
    _, _, workspace = where
    run = reserved(*where)
    for name, text in (("broken", "{"), ("pretrained", json.dumps({"method": "simclr", "seed": 0}))):
        (workspace.artefact("runs", name) / "settings.json").write_text(text)
    workspace.artefact("runs", "empty")
    assert [found.run for found in finetune_runs(workspace)] == [run.run]


def test_planning_writes_nothing_and_names_the_run_that_is_reserved(where):
    task, dataset = task_of(*where)
    workspace = where[2]
    planned = planned_run(task, dataset, workspace)
    assert not (workspace.root / "runs").exists()
    run = reserved(*where)
    assert (planned.run, run.done) == (run.run, False)
    assert run_arguments(planned) == run_arguments(run)
    assert reserved(*where).run == run.run  # again changes nothing


def test_the_arguments_of_a_run_lead_the_command_line_to_that_run(where):
    run = reserved(*where, weights=Weights(q_score=0.25, lasso=1e-7, scale="gradient"), seed=3)
    result = CliRunner().invoke(app, ["finetune", *run_arguments(run), "--workspace", str(where[2].root), "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["run"] == run.run
    assert run.done
    assert [path.name for path in (where[2].root / "runs").iterdir()] == [run.run]
    assert finetune_runs(where[2])[0].settings == run.settings


def test_without_a_name_the_command_line_finds_the_same_run(where):
    encoder, data, workspace = where
    run = reserved(*where)
    words = ["finetune", "--encoder", encoder, "--dataset", data, "--arm", "q-score", "--recipe", "quick"]
    words += ["--method", "simclr", "--epochs", "1", "--batch-size", "12", "--epsilon", "2", "--head-warmup-steps", "0"]
    result = CliRunner().invoke(app, [*words, "--workspace", str(workspace.root), "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["run"] == run.run


def test_what_a_run_would_refuse_is_refused_beforehand(where):
    def check(**changes):
        task, dataset = task_of(*where, recipe=replace(RECIPE, **changes))
        require_startable(task, dataset, torch.device("cpu"))

    check()
    with pytest.raises(SettingsError, match=r"^`epochs` should be at least 1\. Found 0\.$"):
        check(epochs=0)
    with pytest.raises(SettingsError, match=r"^`batch_size` should be at most the number of pictures\. Found 13 "):
        check(batch_size=13)
    with pytest.raises(SettingsError, match=r"^`precision` 16-mixed needs a GPU\."):
        check(precision="16-mixed")
    with pytest.raises(RepresentationError, match=r"^Representations of 64 features cannot have a highly active one"):
        check(epsilon=8.0)


def test_an_automatic_epsilon_has_to_be_resolved_first(where):
    task, dataset = task_of(*where)
    with pytest.raises(SettingsError) as refused:
        plan_arm(task.start, dataset, replace(RECIPE, epsilon="auto"), "control", Weights())
    assert str(refused.value) == "`epsilon` should be a number by now: `auto` is resolved on representations."
