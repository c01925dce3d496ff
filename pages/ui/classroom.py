"""Classroom mode, `serve --classroom`: many people on one machine who may look at everything and spoil nothing.

No page takes or opens a path, trains more than the `quick` arms on Habitats, stops what others wait for, or writes what
others would see.
"""

import os

import streamlit as st

from qscore_core.errors import SettingsError
from qscore_core.verbs.serving import CLASSROOM

ENCODERS, DATASETS = ("habitats", "run"), ("habitats", "features")
RECIPE = "quick"
WORDS = (
    "Classroom: look at everything. Other files, long training, stopping and deleting are for the teacher's terminal."
)
CLOSED = "This page is closed in classroom mode. Encoders that are ready stand in the sidebar."


def on() -> bool:
    """Whether this server was started for a classroom."""
    return os.environ.get(CLASSROOM) == "1"


def require(encoder: str, dataset: str = "habitats") -> None:
    """Raises SettingsError in a classroom for a reference that could open files or fetch something."""
    if not on():
        return
    for ref, kinds, name in ((encoder, ENCODERS, "encoder"), (dataset, DATASETS, "data set")):
        if _scheme(ref) not in kinds:
            raise SettingsError(
                f"In classroom mode the {name} should be one of `{':…`, `'.join(kinds)}:…`. Found `{ref}`. "
                "The sidebar lists those that are ready."
            )


def offered(refs: list[str], kinds: tuple[str, ...]) -> list[str]:
    """Those of some references that may be chosen here."""
    return [ref for ref in refs if not on() or _scheme(ref) in kinds]


def _scheme(ref: str) -> str:
    return ref.strip().partition("?")[0].partition(":")[0]


def own(owner: str) -> str:
    """Whose notes these are: of everybody, in a classroom those of each participant by the code of the lab session."""
    if not on():
        return owner
    from qscore_core.lab import new_code  # here, as torch comes with it: the menu asks for this module

    return f"{owner}-{st.session_state.setdefault('student', new_code())}"
