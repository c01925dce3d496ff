"""Imports what takes seconds while the server starts, so that the first visitor does not wait for it."""

import importlib
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

HEAVY = ("qscore_core.pipeline", "qscore_core.figures", "qscore_core.evaluation", "qscore_core.training")


@asynccontextmanager
async def warmed_up(_: st.App) -> AsyncIterator[None]:
    threading.Thread(target=lambda: [importlib.import_module(name) for name in HEAVY], daemon=True).start()
    yield
