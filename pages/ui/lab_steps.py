"""The lab session's steps: which there are, what to do in one, and the facts behind them."""

import streamlit as st

from pages.ui import cached, work
from pages.ui.choice import Choice
from pages.ui.menu import BY_NAME
from qscore_core.jobs import newest_job
from qscore_core.lab import DATASET, ENCODER, RIVAL, STEPS, Answers, LabFacts, Step, facts_from_dict, with_newest_run
from qscore_core.lab.session import filled

VERB = "lab"
PREPARE = """Two encoders are measured once on the built-in pictures, so that answers can be checked: scores, probe,
heat maps. It takes some minutes and runs in the background; a teacher can do it before the class."""


def number(text: str) -> int:
    """A step's place in an address, which counts from 0. Raises ValueError for one that does not exist."""
    place = int(text)
    if not 0 <= place < len(STEPS):
        raise ValueError(text)
    return place


def facts_for(choice: Choice | None) -> LabFacts | None:
    """What was measured on Habitats (or the part of it that is chosen); where nothing was, offers to."""
    dataset = DATASET
    if choice is not None and choice.dataset.partition("?")[0] == DATASET:
        dataset = choice.dataset
    arguments = ["--dataset", dataset, "--encoder", ENCODER, "--rival", RIVAL]
    job = newest_job(VERB, arguments, cached.workspace())
    if job is None or job.state != "done" or job.result is None:
        st.write(PREPARE)
        work.panel(VERB, arguments, begin=False, label="Prepare the session", title="Preparing the lab session")
        return None
    return with_newest_run(facts_from_dict(job.result), cached.workspace())


def done(step: Step, answers: Answers) -> bool:
    return all(answers.right(question.key) for question in step.questions)


def overview(place: int, answers: Answers) -> None:
    """All steps, the finished ones ticked, and how long the rest takes."""
    open_steps = [step for step in STEPS if not done(step, answers)]
    left = sum(step.minutes for step in open_steps)
    share = (len(STEPS) - len(open_steps)) / len(STEPS)
    words = f"{len(STEPS) - len(open_steps)} of {len(STEPS)} steps done"
    st.progress(share, text=f"{words}, about {left} minutes left" if left else f"{words}: well done")
    for other, step in enumerate(STEPS):
        st.button(
            f"{other + 1}. {step.title}",
            key=f"step_{step.key}",
            icon=":material/check_circle:" if done(step, answers) else ":material/radio_button_unchecked:",
            type="primary" if other == place else "tertiary",
            on_click=go,
            args=(other,),
        )


def tasks(place: int, facts: LabFacts) -> None:
    """The idea of a step, and what to do, each task with the page where it is done."""
    step = STEPS[place]
    st.subheader(f"{place + 1}. {step.title}")
    st.caption(f"About {step.minutes} minutes")
    st.markdown(step.idea)
    for task in step.tasks:
        words, link = st.columns([3, 1.3], vertical_alignment="center")
        words.markdown(f"- {filled(task.text, facts)}")
        view = {"encoder": facts.encoder, "data": facts.dataset}
        view |= {key: filled(value, facts) for key, value in task.address.items()}
        page = BY_NAME[task.page]
        link.page_link(page.script, label=task.label, icon=page.icon, query_params=view)


def onward(place: int, answers: Answers) -> None:
    before, after, _ = st.columns([1, 1, 3])
    before.button("Previous", icon=":material/arrow_back:", disabled=place == 0, on_click=go, args=(place - 1,))
    last = place == len(STEPS) - 1
    kind = "primary" if done(STEPS[place], answers) and not last else "secondary"
    after.button("Next", icon=":material/arrow_forward:", type=kind, disabled=last, on_click=go, args=(place + 1,))


def go(place: int) -> None:
    st.session_state["step"] = place
