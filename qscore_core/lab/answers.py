"""What a participant has answered, kept in the workspace under a code that is no name."""

import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from qscore_core.errors import BadReferenceError
from qscore_core.lab.session import STEPS
from qscore_core.workspace import Workspace, read_json, write_json

FOLDER = "lab"
CODE = re.compile(r"[a-z0-9]{8}")
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that can be taken for another


@dataclass(frozen=True)
class Answers:
    """By question: what was answered last, and whether it was right (None: could not be judged)."""

    code: str
    given: dict[str, tuple[str | float, bool | None]]

    def right(self, question: str) -> bool:
        return self.given.get(question, ("", None))[1] is True


def new_code() -> str:
    """A code for a new participant, to write down or to keep in the address."""
    return "".join(secrets.choice(LETTERS) for _ in range(8))


def require_code(text: str) -> str:
    """The code as it is written in the workspace. Raises BadReferenceError for anything else."""
    code = text.strip().lower()
    if not CODE.fullmatch(code):
        raise BadReferenceError(f"A code should be 8 letters or digits. Found {len(text)} characters: start a new one.")
    return code


def answers_of(code: str, workspace: Workspace) -> Answers:
    """What was answered under a code; none for a new one or an unreadable file."""
    try:
        found = read_json(_file(code, workspace))
        return Answers(code, {key: (answer, right) for key, (answer, right) in found.items()})
    except (OSError, ValueError, TypeError, AttributeError):
        return Answers(code, {})


def keep_answer(code: str, question: str, answer: str | float, right: bool | None, workspace: Workspace) -> Answers:
    """Adds an answer; a right one is never replaced by a wrong one that is tried later."""
    before = answers_of(code, workspace)
    if before.right(question) and right is not True:
        return before
    given = {**before.given, question: (answer, right)}
    file = _file(code, workspace)
    write_json(workspace.artefact(FOLDER, code) / file.name, given)
    return Answers(code, given)


def standing(workspace: Workspace) -> dict[str, int]:
    """Of every question, how many participants have answered it rightly: for the teacher."""
    everyone = [answers_of(path.parent.name, workspace) for path in workspace.root.glob(f"{FOLDER}/*/answers.json")]
    keys = [question.key for step in STEPS for question in step.questions]
    return {key: sum(answers.right(key) for answers in everyone) for key in keys} | {"participants": len(everyone)}


def _file(code: str, workspace: Workspace) -> Path:
    return workspace.root / FOLDER / require_code(code) / "answers.json"
