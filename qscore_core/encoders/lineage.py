"""Where an encoder that was trained here comes from, as far back as files of this workspace tell."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from qscore_core.encoders.file_scheme import run_encoder_path
from qscore_core.encoders.own_format import read_own_metadata
from qscore_core.errors import BadReferenceError, EncoderError
from qscore_core.references import parse_reference
from qscore_core.workspace import Workspace


@dataclass(frozen=True)
class Origin:
    """How an encoder was made; `parent` and `arm` are None for one that was trained from random weights."""

    parent: str | None
    arm: str | None
    method: str
    dataset: str
    seed: int

    def __str__(self) -> str:
        if self.parent is None:
            return f"trained from random weights with {self.method} on {self.dataset}, seed {self.seed}"
        return f"from {self.parent}, arm {self.arm}, seed {self.seed}"


def recorded_origin(record: dict[str, Any]) -> Origin | None:
    """What the training record in an encoder's file tells; None for a file without such a record."""
    settings = record.get("settings")
    if settings is None:
        return None
    parent = record.get("parent", {}).get("ref")
    return Origin(parent, record.get("arm"), settings["method"], settings["dataset"], settings["seed"])


def lineage(ref: str, workspace: Workspace) -> Iterator[Origin]:
    """The origin of `run:ID`, of its parent, and so on, as far as runs of this workspace know; none for other kinds."""
    seen = set()
    while ref.startswith("run:") and ref not in seen:
        seen.add(ref)
        origin = None
        with suppress(BadReferenceError, EncoderError):
            own = read_own_metadata(run_encoder_path(workspace, parse_reference(ref, ("run",)).body))
            origin = recorded_origin(own.record) if own else None
        if origin is None:
            return
        yield origin
        ref = origin.parent or ""
