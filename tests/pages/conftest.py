"""One workspace with everything ready, made by the real command line, shared by the tests of the app."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from qscore_core.workspace import MANIFEST, Workspace, is_whole, write_json

ROOT = Path(__file__).resolve().parents[2]
ENCODER, DATA = "habitats:simclr", "habitats?count=120"


@pytest.fixture(scope="session")
def ready_workspace(tmp_path_factory):
    """Habitats, cut short, scored and probed with the built-in encoder: made once, each test process has a copy."""
    own = tmp_path_factory.mktemp("ready") / "workspace"
    base = tmp_path_factory.getbasetemp()
    shared = Workspace.at((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "ready-for-all")
    folder = shared.artefact("ready", "1")
    with shared.lock(folder, wait_seconds=600):
        if not is_whole(folder):
            _make_ready(folder / "workspace")
            write_json(folder / MANIFEST, {})
    shutil.copytree(folder / "workspace", own)
    return own


def _make_ready(folder):
    command = [sys.executable, "-m", "qscore_core", "evaluate", "--encoder", ENCODER, "--dataset", DATA]
    done = subprocess.run(
        [*command, "--epsilon", "auto", "--workspace", str(folder), "--json"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@dataclass
class App:
    """The app as a browser session would run it, on one workspace."""

    workspace: Path

    def open(self, page: str = "start", *, arrived: bool = True, **address: str) -> AppTest:
        """Not `arrived`, the browser has just come and sees the first of two steps."""
        test = AppTest.from_file(str(ROOT / "pages" / "ui" / "router.py"), default_timeout=120)
        for key, value in {"encoder": ENCODER, "data": DATA, **address}.items():
            test.query_params[key] = value
        if arrived:
            test.session_state["arrival"] = "second"
        if page != "start":
            test.switch_page(str(ROOT / "pages" / f"{page}.py"))
        return test.run()


@pytest.fixture
def app(ready_workspace, monkeypatch):
    return _app(ready_workspace, monkeypatch)


@pytest.fixture
def empty_app(tmp_path, monkeypatch):
    return _app(tmp_path / "workspace", monkeypatch)


def _app(folder, monkeypatch):
    import streamlit as st

    monkeypatch.setitem(os.environ, "QSCORE_WORKSPACE", str(folder))
    monkeypatch.syspath_prepend(str(ROOT))
    # A tested page leaves itself behind as the main module, which processes started later would run.
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])
    st.cache_resource.clear()
    st.cache_data.clear()
    return App(folder)
