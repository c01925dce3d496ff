"""The steps of the session: their words from `steps.toml`, joined with what is right (`truths.py`)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qscore_core.lab.facts import LabFacts
from qscore_core.lab.questions import Question
from qscore_core.lab.truths import QUESTIONS

FILE = Path(__file__).with_name("steps.toml")


@dataclass(frozen=True)
class Task:
    """Something to do: in words, and the page of the app with what its address should say.

    `view` says in two or three words what is then to be seen there, where that is not the whole page.
    """

    text: str
    page: str
    view: str
    address: Mapping[str, str]

    def query(self, facts: LabFacts) -> dict[str, str]:
        """What the page's address says, the encoder and the data always."""
        own = {key: filled(value, facts) for key, value in self.address.items()}
        return {"encoder": facts.encoder, "data": facts.dataset, **own}


@dataclass(frozen=True)
class Step:
    """`idea` stands before the tasks; `observation` is what a class usually comes to discuss, for the teacher."""

    key: str
    title: str
    minutes: int
    idea: str
    tasks: tuple[Task, ...]
    questions: tuple[Question, ...]
    hint: str
    observation: str


def _step(found: dict[str, Any]) -> Step:
    tasks = (Task(task["text"], task["page"], task.get("view", ""), task.get("address", {})) for task in found["tasks"])
    questions = (QUESTIONS[asked["key"]](key=asked["key"], text=asked["text"]) for asked in found["questions"])
    return Step(**{**found, "tasks": tuple(tasks), "questions": tuple(questions)})


STEPS: tuple[Step, ...] = tuple(map(_step, tomllib.loads(FILE.read_text())["steps"]))


def filled(text: str, facts: LabFacts) -> str:
    """A text of the session with the encoders' references and automatic epsilons in it."""
    epsilons = {"{auto}": facts.auto_epsilon, "{rival_auto}": facts.rival_auto_epsilon}
    found = {"{encoder}": facts.encoder, "{rival}": facts.rival} | {key: f"{one:g}" for key, one in epsilons.items()}
    for key, value in found.items():
        text = text.replace(key, value)
    return text
