"""Continues the encoder's own training with equation 3's regulariser, against an honest control, and compares."""

import streamlit as st

from pages.ui import body, cached, classroom, finetune_estimate, finetune_results, finetune_runs
from pages.ui.ending import end_page
from pages.ui.finetune_form import wanted
from pages.ui.finetune_plan import Beginning, begin_runs, beginning, choose_method, device, objective_words, tasks
from pages.ui.view import View, current_view
from qscore_core.errors import QScoreError, UnknownObjectiveError
from qscore_core.experiments import Experiment, experiment_key, experiments, planned_run
from qscore_core.run_standing import standings
from qscore_core.training import RECIPES, Finetuning

INTRO = """Training goes on where this encoder stopped, on the pictures of split `{split}`: with its own objective, plus
a term that raises low Q-Scores and damps features that are on everywhere (equation 3 of the paper). The arms differ in
that term alone, so that what it does can be told from what more training does by itself."""
WITHOUT_PICTURES = "Fine-tuning needs pictures and an encoder; `{data}` is an array brought in. Choose other data."
WITHOUT_GPU = """There is no GPU here. `quick` is meant for that; `paper` passes over the pictures {times:.0f} times as
often and takes that much longer. The estimate below measures it on this machine."""


def start_from(view: View) -> Beginning:
    """Where training starts, with a word on the objective. Raises QScoreError for what cannot be trained here."""
    try:
        begin = beginning(view.choice, view.fit.folder, None)
    except UnknownObjectiveError as error:
        st.warning(str(error), icon=":material/help:")
        begin = beginning(view.choice, view.fit.folder, choose_method())
    return begin


def plan(begin: Beginning) -> list[Finetuning]:
    """The form; what it asks for, empty where that cannot be done."""
    on_cpu = device().type == "cpu"
    if on_cpu:
        times = RECIPES["paper"].epochs / RECIPES["quick"].epochs
        st.caption(f":material/info: {WITHOUT_GPU.format(times=times)}")
    form = wanted("quick" if on_cpu or classroom.on() else "paper", len(begin.data))
    try:
        return tasks(begin, form)
    except QScoreError as error:
        st.error(str(error), icon=":material/error:")
        return []


def start(planned: list[Finetuning], begin: Beginning) -> None:
    """The two buttons: measure first, or go."""
    runs = [planned_run(task, begin.data, cached.workspace()) for task in planned]
    states = standings(runs, cached.workspace())
    waiting = [task for task, now in zip(planned, states, strict=True) if not now.live and now.state != "done"]
    left, middle, right = st.columns([1.4, 1.4, 5], vertical_alignment="center")
    left.button(
        f"Start {len(waiting)} arm{'s' * (len(waiting) != 1)}" if waiting else "Start",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not waiting,
        on_click=_start,
        args=(waiting, begin),
        width="stretch",
    )
    middle.button(
        "Estimate",
        icon=":material/timer:",
        disabled=not planned,
        on_click=finetune_estimate.begin,
        args=(planned,),
        help="Time and memory, measured from a few real steps on this machine.",
        width="stretch",
    )
    if planned and not waiting:
        right.caption("All of these arms are done or under way: see below. Another seed makes a new experiment.")
    finetune_estimate.show(planned, begin)


def _start(waiting: list[Finetuning], begin: Beginning) -> None:
    try:
        runs = begin_runs(waiting, begin.data)
    except QScoreError as error:
        body.complain(error)
    else:
        st.session_state[finetune_runs.KEY] = experiment_key(runs[0].settings)


def results(view: View, found: list[Experiment]) -> None:
    """The experiments that start from here: how they stand, and what came out."""
    choice = view.choice
    if not found:
        st.info(f"Nothing has been fine-tuned from `{choice.encoder}` on `{choice.dataset}` yet. Start above.")
        return
    st.subheader("Experiment")
    experiment = finetune_runs.choose(found)
    finetune_runs.follow(experiment, choice)
    finetune_results.show(experiment, choice)


def page() -> None:
    view = current_view()
    choice = view.choice
    st.markdown(INTRO.format(split=choice.fit))
    if choice.dataset.startswith("features:"):
        st.info(WITHOUT_PICTURES.format(data=choice.dataset))
        end_page()
    try:
        begin = start_from(view)
    except QScoreError as error:
        st.error(str(error), icon=":material/error:")
        end_page()
    st.markdown(objective_words(begin.start))
    found = experiments(choice.encoder, choice.dataset, choice.fit, cached.workspace())
    with st.expander("New experiment", expanded=not found, icon=":material/science:"):
        start(plan(begin), begin)
    results(view, found)


body.alone(page)
