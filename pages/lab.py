"""A guided session of about 45 minutes: something to do, a question, a check against what was measured here."""

from contextlib import suppress

import streamlit as st

from pages.ui import address, cached, lab_question, lab_steps
from pages.ui.view import current_choice
from qscore_core.errors import QScoreError
from qscore_core.lab import GLOSSARY, STEPS, Answers, LabFacts, answers_of, handout, new_code, require_code

INTRO = """About {minutes} minutes in {steps} steps, for people who know what a convolutional network is. Each step has
something to do in the app, and a question whose answer is checked against numbers measured on this machine. The links
of the tasks set encoder, data and settings for you and open in this window; *Lab session* in the menu brings you back
to where you were."""


def participant() -> Answers:
    """Who this is: a code in the address, which opens the same progress in any browser."""
    address.adopt({"student": require_code, "step": lab_steps.number})
    st.session_state.setdefault("student", new_code())
    st.session_state.setdefault("step", 0)
    address.publish({"student": st.session_state["student"], "step": st.session_state["step"] + 1})
    return answers_of(st.session_state["student"], cached.workspace())


def glossary() -> None:
    with st.expander("Glossary", icon=":material/menu_book:"):
        wanted = st.text_input("Find", key="glossary", placeholder="a word", label_visibility="collapsed").casefold()
        found = [(word, said) for word, said in GLOSSARY.items() if wanted in f"{word} {said}".casefold()]
        st.markdown("\n\n".join(f"**{word}**: {said}" for word, said in found) or "No such word.")


def code(facts: LabFacts, answers: Answers) -> None:
    """The participant's code, a field for one from before, and all that was answered as a file."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Your code is `{answers.code}`: it opens your progress in any browser. Write it down.")
        st.download_button(
            "My answers",
            lambda: handout(facts, answers),
            f"lab-session-{answers.code}.md",
            "text/markdown",
            icon=":material/download:",
            on_click="ignore",
            help="Ideas, questions, your answers and what was measured, as a text to keep, print or hand in.",
        )
        with st.popover("I have a code", icon=":material/key:"):
            st.text_input("Code from before", key="typed_code", max_chars=8, on_change=_take_code)


def _take_code() -> None:
    """What cannot be a code is left where it was typed; another's answers leave the fields."""
    with suppress(QScoreError):
        st.session_state["student"] = require_code(st.session_state["typed_code"])
        for key in [key for key in st.session_state if str(key).startswith(("answer_", "verdict_"))]:
            del st.session_state[key]


def session(facts: LabFacts, answers: Answers) -> None:
    place = st.session_state["step"]
    lab_steps.to_the_top()
    left, right = st.columns([1, 2.4], gap="large")
    with left:
        lab_steps.overview(place, answers)
    with right:
        lab_steps.tasks(place, facts)
        for question in STEPS[place].questions:
            lab_question.ask(question, facts, answers)
        with st.expander("Hint", icon=":material/lightbulb:", key=f"hint_{STEPS[place].key}"):
            st.markdown(STEPS[place].hint)
        lab_steps.onward(place, answers)


try:
    answers = participant()
    st.markdown(INTRO.format(minutes=sum(step.minutes for step in STEPS), steps=len(STEPS)))
    facts = lab_steps.facts_for(current_choice())
    if facts is not None:
        session(facts, answers)
        st.divider()
        code(facts, answers)
except QScoreError as error:
    st.error(str(error), icon=":material/error:")
glossary()
