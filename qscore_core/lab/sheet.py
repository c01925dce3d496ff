"""The teacher's sheet: the session with its expected answers, measured here, and what a class usually sees."""

from collections.abc import Iterator, Mapping

from qscore_core.lab.facts import LabFacts
from qscore_core.lab.session import STEPS, Step, filled


def teachers_sheet(facts: LabFacts, standing: Mapping[str, int] | None = None) -> str:
    """Markdown; with `standing` also how many participants have each question right."""
    return "\n".join(_lines(facts, standing)) + "\n"


def _lines(facts: LabFacts, standing: Mapping[str, int] | None) -> Iterator[str]:
    minutes = sum(step.minutes for step in STEPS)
    yield "# Lab session: teacher's sheet"
    yield ""
    yield f"About {minutes} minutes: `{facts.encoder}` and `{facts.rival}` on `{facts.dataset}`, with measured answers."
    if standing is not None:
        yield f"Participants so far: {standing['participants']}."
    for number, step in enumerate(STEPS, 1):
        yield ""
        yield from _step(number, step, facts, standing)


def _step(number: int, step: Step, facts: LabFacts, standing: Mapping[str, int] | None) -> Iterator[str]:
    yield f"## {number}. {step.title} ({step.minutes} minutes)"
    yield ""
    yield step.idea
    yield ""
    for task in step.tasks:
        yield f"- Do: {filled(task.text, facts)}"
    for question in step.questions:
        yield f"- Ask: {filled(question.text, facts)}"
        yield f"  - Expected: {question.expected(facts)}"
        if standing is not None:
            yield f"  - Right so far: {standing[question.key]}"
    yield f"- Hint: {step.hint}"
    yield ""
    yield f"To discuss: {step.observation}"
