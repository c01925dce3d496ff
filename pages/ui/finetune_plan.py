"""From the choice and the form to runs: where training starts, what it would do, and starting it."""

from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st
import torch

from pages.ui import cached, work
from pages.ui.choice import Choice
from pages.ui.finetune_form import Wanted
from qscore_core.datasets import Dataset
from qscore_core.devices import pick_device
from qscore_core.experiments import FinetuneRun, reserve
from qscore_core.objectives import METHODS
from qscore_core.run_standing import VERB, run_arguments, run_title
from qscore_core.training import OBJECTIVES, FinetuneRecipe, Finetuning, StartingPoint, kind_of, starting_point
from qscore_core.training.arms import adjusted
from qscore_core.training.planning import plan_arm, require_startable

TITLES = {
    "simclr": "SimCLR",
    "swav": "SwAV",
    "moco": "MoCo v2",
    "byol": "BYOL",
    "dino": "DINO",
    "simsiam": "SimSiam",
    "vicreg": "VICReg",
    "barlow": "Barlow Twins",
}
HEADS = {
    "projector": "projector",
    "predictor": "predictor",
    "prototypes": "prototypes",
    "momentum_encoder": "momentum encoder",
    "queues": "queue",
    "info_nce": "queue",
}


@dataclass(frozen=True, eq=False)
class Beginning:
    """The encoder with its objective, the pictures to train on, and the epsilon that `auto` stands for here."""

    start: StartingPoint
    data: Dataset
    automatic_epsilon: float


@st.cache_resource(max_entries=4, show_spinner="Reading the encoder")
def _start(encoder: str, stamp: float, method: str | None, kind: str) -> StartingPoint:
    """`stamp` makes it new when the file behind the encoder changes."""
    del stamp
    return starting_point(encoder, cached.workspace(), method, OBJECTIVES[kind])


def beginning(choice: Choice, fit_folder: Path, method: str | None) -> Beginning:
    """Raises TrainingError for an encoder that cannot be trained here or, without `method`, whose own is not known."""
    data = cached.dataset(choice.dataset, choice.fit)
    start = _start(choice.encoder, cached.stamp(choice.encoder), method, kind_of(data))
    return Beginning(start, data, cached.auto_epsilon(fit_folder))


def objective_words(start: StartingPoint) -> str:
    """What is continued and with which heads."""
    title = TITLES[start.objective.method]
    if start.heads is None:
        return (
            f"**Objective: {title}.** This file has no heads of its own: new ones are first warmed up on the frozen "
            f"encoder, for {FinetuneRecipe.head_warmup_steps} steps unless set otherwise, because the gradient of "
            "random heads would be noise to it."
        )
    parts = list(dict.fromkeys(HEADS[name] for key in start.heads if (name := key.split(".")[0]) in HEADS))
    goes_on = "goes on too" if len(parts) == 1 else "go on too"
    return f"**Objective: {title}**, continued: its {_listed(parts)} came with the encoder and {goes_on}."


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def tasks(begin: Beginning, form: Wanted) -> list[Finetuning]:
    """One run an arm, checked. Raises QScoreError where the form holds what no run can do."""
    recipe = form.recipe
    if recipe.epsilon == "auto":
        recipe = replace(recipe, epsilon=begin.automatic_epsilon)
    made = [
        plan_arm(
            begin.start, begin.data, recipe, arm, adjusted(arm, form.coefficients, form.scale), seed=int(form.seed)
        )
        for arm in form.arms
    ]
    for task in made:
        require_startable(task, begin.data, device())
    return made


@st.cache_resource
def device() -> torch.device:
    """Where jobs that name no device do their work."""
    return pick_device()


def choose_method() -> str:
    """For an encoder whose own objective is not known."""
    options = list(METHODS)
    return st.selectbox("Objective", options, format_func=TITLES.get, key="finetune_method", persist_state="session")


def begin_runs(planned: list[Finetuning], data: Dataset) -> list[FinetuneRun]:
    """Writes the runs down and sets a job to work on each; they queue for the device in this order."""
    runs = [reserve(task, data, cached.workspace()) for task in planned]
    for run in runs:
        go_on(run)
    return runs


def go_on(run: FinetuneRun) -> None:
    """Starts a run, or goes on with it where it stopped."""
    work.start(VERB, run_arguments(run), run_title(run))
