"""The lab session's steps: which there are, what to do in one, and the facts behind them."""

import streamlit as st

from pages.ui import cached, work
from pages.ui.choice import Choice
from pages.ui.feature_naming import notes_for
from pages.ui.menu import BY_NAME
from pages.ui.words import literal
from qscore_core.feature_notes import called
from qscore_core.jobs import newest_job
from qscore_core.lab import DATASET, ENCODER, RIVAL, STEPS, Answers, LabFacts, Step, facts_from_dict, with_newest_run
from qscore_core.lab.session import filled

VERB = "lab"
NAMED_STEP = "feature"
MOVED = "lab_moved"
TO_THE_TOP = """<script>/* step {place} */ document.querySelector("[data-testid=stMain]").scrollTo(0, 0);</script>"""
PREPARE = """Two encoders are measured once on the built-in pictures, so that answers can be checked: scores, probe,
heat maps. That takes some minutes in the background; a teacher can do it before the class. Then these steps open:"""


def number(text: str) -> int:
    """The place of a step, from 0, by its number in an address. Raises ValueError for one that does not exist."""
    place = int(text) - 1
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
        st.markdown("\n".join(f"{place}. {step.title} ({step.minutes} minutes)" for place, step in enumerate(STEPS, 1)))
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
            wrap=True,
        )


def tasks(place: int, facts: LabFacts) -> None:
    """The idea of a step, and what to do, each task with the page where it is done."""
    step = STEPS[place]
    st.subheader(f"{place + 1}. {step.title}")
    st.caption(f"About {step.minutes} minutes")
    st.markdown(step.idea)
    for task in step.tasks:
        words, link = st.columns([2.3, 2], vertical_alignment="center")
        words.markdown(f"- {filled(task.text, facts)}")
        page = BY_NAME[task.page]
        label = " · ".join(filter(None, (page.title, task.view)))
        link.page_link(page.script, label=label, icon=page.icon, query_params=task.query(facts))
    if step.key == NAMED_STEP:
        own_names(facts)


def own_names(facts: LabFacts) -> None:
    """What people have called features of the session's encoder, where a step is about that."""
    try:
        fit = cached.representations(facts.encoder, facts.dataset, facts.report.fit)
    except cached.NotExtractedError:  # deleted since they were measured; the feature page offers to make them again
        return
    notes = notes_for(fit)
    named = [called(number, notes) for number, note in notes.items() if note.name]
    st.caption(f"Named so far: {literal('; '.join(named))}." if named else "No feature has a name yet.")


def onward(place: int, answers: Answers) -> None:
    before, after, _ = st.columns([1.4, 1, 2.6])
    before.button("Previous", icon=":material/arrow_back:", disabled=place == 0, on_click=go, args=(place - 1,))
    last = place == len(STEPS) - 1
    kind = "primary" if done(STEPS[place], answers) and not last else "secondary"
    after.button("Next", icon=":material/arrow_forward:", type=kind, disabled=last, on_click=go, args=(place + 1,))
    if last:
        still = [f"{number}. {step.title}" for number, step in enumerate(STEPS, 1) if not done(step, answers)]
        words = (
            "Still open: " + "; ".join(still) + "."
            if still
            else "That was all of it: every step is done. *My answers* below keeps it as a text."
        )
        st.info(words, icon=":material/flag:" if still else ":material/celebration:")


def go(place: int) -> None:
    st.session_state["step"], st.session_state[MOVED] = place, True


def to_the_top() -> None:
    """Of the page, where a button at its end has led to another step."""
    if st.session_state.pop(MOVED, False):
        st.html(TO_THE_TOP.format(place=st.session_state["step"]), unsafe_allow_javascript=True)
