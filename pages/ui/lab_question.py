"""A question of the lab session: its input, the check of an answer, and what came of the last one."""

import streamlit as st

from pages.ui import cached
from qscore_core.errors import QScoreError
from qscore_core.lab import (
    Answers,
    ChoiceQuestion,
    LabFacts,
    NumberQuestion,
    Question,
    Verdict,
    keep_answer,
    run_under_way,
)
from qscore_core.lab.session import filled

SHOWN = {
    True: (st.success, ":material/check:"),
    False: (st.warning, ":material/close:"),
    None: (st.info, ":material/info:"),
}


def ask(question: Question, facts: LabFacts, answers: Answers) -> None:
    """Draws it; an answer that is checked is kept, a right one for good."""
    with st.form(f"form_{question.key}"):
        answer = _input(question, facts, answers)
        asked = st.form_submit_button("Check")
    told = f"verdict_{question.key}"
    if asked:
        st.session_state[told] = _judged(question, facts, answers, answer)
        st.rerun()
    verdict = st.session_state.get(told)
    if verdict is None and answers.right(question.key):
        verdict = question.judge(facts, answers.given[question.key][0])
    if verdict is not None:
        show, icon = SHOWN[verdict.right]
        show(filled(verdict.words, facts), icon=icon)


def _judged(question: Question, facts: LabFacts, answers: Answers, answer: str | float | None) -> Verdict:
    if answer is None:
        return Verdict(None, "Give an answer first.")
    verdict = question.judge(facts, answer)
    if verdict.right is None and (started := run_under_way(facts, cached.workspace())) is not None:
        where = "" if started.progress is None else f" ({started.progress.done:,} of {started.progress.total:,})"
        return Verdict(None, f"`{started.run.run}` is under way{where}. Go on with the next step and come back then.")
    try:
        keep_answer(answers.code, question.key, answer, verdict.right, cached.workspace())
    except QScoreError as error:
        return Verdict(verdict.right, f"{verdict.words} (Not kept: {error})")
    return verdict


def _input(question: Question, facts: LabFacts, answers: Answers) -> str | float | None:
    given = answers.given.get(question.key, (None, None))[0]
    key = f"answer_{question.key}"
    text = filled(question.text, facts)
    if isinstance(question, ChoiceQuestion):
        options = [filled(option, facts) for option in question.options]
        return st.radio(text, options, index=options.index(given) if given in options else None, key=key)
    value = float(given) if isinstance(given, int | float) else None
    if isinstance(question, NumberQuestion):
        return st.number_input(text, value=value, key=key, placeholder="a number")
    return st.number_input(text, 0, facts.report.dim - 1, value=None if value is None else int(value), step=1, key=key)
