"""Imports what takes seconds once the server answers, so that hardly a visitor waits for it.

What is imported is then taken out of the garbage collector's sight: Streamlit collects after every run of a page, and
looking through the 700,000 objects of torch and its kin each time costs several times as much as the page itself.
"""

import gc
import importlib
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import streamlit as st

EVERY_PAGE = "qscore_core.pipeline"  # what each needs, torch with it
SOME_PAGES = (
    "qscore_core.figures",
    "qscore_core.evaluation",
    "qscore_core.comparison",
    "qscore_core.alignment",
    "qscore_core.lab",
    "qscore_core.projection",
    "qscore_core.scatter",
    "qscore_core.html_report",
    "qscore_core.training",
)
# Two threads that import parts of one library at once can each find the other's half done.
IMPORTING = threading.Lock()


@asynccontextmanager
async def warmed_up(_: st.App) -> AsyncIterator[None]:
    threading.Thread(target=warm_up, daemon=True).start()
    yield


def warm_up() -> None:
    with IMPORTING:
        importlib.import_module(EVERY_PAGE)
    for name in SOME_PAGES:
        importlib.import_module(name)
    gc.freeze()
    _load_compiled()
    gc.freeze()


def _load_compiled() -> None:
    """Uses the loops of the index: numba makes 50,000 objects for them, and on a new machine compiles for a while."""
    from qscore_core.activation_index import FLOOR, build_index

    index = build_index(np.eye(4, dtype=np.float32))
    index.rates(FLOOR + 0.05)
    index.sums_over(np.ones(4, dtype=bool), FLOOR)
