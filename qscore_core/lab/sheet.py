"""The teacher's sheet: the session with its expected answers, measured here, and what a class usually sees."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from qscore_core.lab.facts import LabFacts
from qscore_core.lab.session import STEPS, Step, Task, filled

BEFORE = """## Before the class

- Measure the answers once, as this sheet did: `python -m qscore_core lab --sheet FILE`. Then open the session's page
  and press *Prepare the session*: all is kept by now, so that it is ready within a minute, for everybody.
- Start the app for everybody: `python -m qscore_core serve --classroom --address 0.0.0.0` (no files, only the `quick`
  recipe trains, nothing can be stopped or deleted). Students open `http://THIS-MACHINE:8501/lab`.
- Everybody gets a code in the address: with it one goes on later, in any browser. Write it down.
- Step 6 trains for some minutes, one arm after the other for the whole class. Train `control` and `q-score` before, or
  let one student start them; everybody sees the result.
- Addresses below are meant after `http://THIS-MACHINE:8501/`. An answer is right within the range that is named."""


def teachers_sheet(facts: LabFacts, standing: Mapping[str, int]) -> str:
    """Markdown; `standing` tells how many participants have each question right."""
    return "\n".join(_lines(facts, standing)) + "\n"


def _lines(facts: LabFacts, standing: Mapping[str, int]) -> Iterator[str]:
    minutes = sum(step.minutes for step in STEPS)
    yield "# Lab session: teacher's sheet"
    yield ""
    yield f"About {minutes} minutes: `{facts.encoder}` and `{facts.rival}` on `{facts.dataset}`, with measured answers."
    if standing["participants"]:
        yield f"Participants with an answer so far: {standing['participants']}."
    yield ""
    yield BEFORE
    for number, step in enumerate(STEPS, 1):
        yield ""
        yield from _step(number, step, facts, standing)


def _step(number: int, step: Step, facts: LabFacts, standing: Mapping[str, int]) -> Iterator[str]:
    yield f"## {number}. {step.title} ({step.minutes} minutes)"
    yield ""
    yield step.idea
    yield ""
    for task in step.tasks:
        yield f"- Do: {filled(task.text, facts)}"
        yield f"  - At `{_address(task, facts)}`"
    for question in step.questions:
        yield f"- Ask: {filled(question.text, facts)}"
        yield f"  - Expected: {question.expected(facts)}"
        if standing["participants"]:
            yield f"  - Right so far: {standing[question.key]}"
    yield f"- Hint: {step.hint}"
    yield ""
    yield f"To discuss: {step.observation}"


def _address(task: Task, facts: LabFacts) -> str:
    page = "" if task.page == "start" else task.page
    return f"{page}?{urlencode(task.query(facts), safe=':,?=')}"
