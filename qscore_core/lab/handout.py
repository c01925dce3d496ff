"""What a participant takes home: the ideas, the questions, the own answers and what was measured."""

from collections.abc import Iterator

from qscore_core.lab.answers import Answers
from qscore_core.lab.facts import LabFacts
from qscore_core.lab.questions import Question
from qscore_core.lab.session import STEPS, filled

OPEN = "not answered yet"


def handout(facts: LabFacts, answers: Answers) -> str:
    """Markdown; what was measured stands there only where the answer was right, so that nothing is given away."""
    questions = [question for step in STEPS for question in step.questions]
    right = sum(answers.right(question.key) for question in questions)
    return "\n".join(_lines(facts, answers, f"{right} of {len(questions)} questions right")) + "\n"


def _lines(facts: LabFacts, answers: Answers, standing: str) -> Iterator[str]:
    yield "# Lab session: what an encoder sees, and when it fails"
    yield ""
    yield f"`{facts.encoder}` and `{facts.rival}` on `{facts.dataset}`. {standing}. Code: `{answers.code}`."
    for number, step in enumerate(STEPS, 1):
        yield ""
        yield f"## {number}. {step.title}"
        yield ""
        yield step.idea
        for question in step.questions:
            yield ""
            yield f"**{filled(question.text, facts)}**"
            yield ""
            yield _answer(question, facts, answers)


def _answer(question: Question, facts: LabFacts, answers: Answers) -> str:
    given, right = answers.given.get(question.key, (None, None))
    if given is None:
        return OPEN.capitalize() + "."
    words = f"{given:g}" if isinstance(given, float | int) else filled(given, facts)
    if right is not True:
        return f"My answer: {words}; {'still open' if right is None else 'not right yet'}."
    return f"My answer: {words}. {filled(question.judge(facts, given).words, facts)}"
