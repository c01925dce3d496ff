"""A real server and a real Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from qscore_core.jobs import cancel_job, list_jobs
from qscore_core.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
SMALL = "habitats?count=80"
FIRST = "test_journey.py"  # begins on a workspace that nobody has worked in; others may use what it leaves
# Jobs, server and browser share the cores: threads that wait for a core make small batches two to three times slower.
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
expect.set_options(timeout=30_000)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.parent == Path(__file__).parent and item.path.name != FIRST)


@pytest.fixture(scope="session")
def browser():
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        yield running
        running.close()


@pytest.fixture(params=["light"])
def page(browser, request):
    """A fresh browser session; the parameter is the colour scheme that its system asks for."""
    context = browser.new_context(viewport={"width": 1400, "height": 1000}, color_scheme=request.param)
    context.set_default_timeout(90_000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """The workspace that `server` works in."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="session")
def server(served, tmp_path_factory):
    """Address of the app on a workspace that is empty at first; files of the tests may be opened."""
    with serving(served, tmp_path_factory.getbasetemp()) as address:
        yield address


@pytest.fixture(scope="session")
def small(served):
    """A part of the built-in set with its scores and probe, for tests of what comes after; made by the command line."""
    command = [sys.executable, "-m", "qscore_core", "probe", "--encoder", "habitats:simclr", "--dataset", SMALL]
    command += ["--train", "train", "--split", "test", "--workspace", str(served)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **ONE_THREAD}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return SMALL


@contextmanager
def serving(workspace, folder):
    """The app, started as a user starts it; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "qscore_core", "serve", "--no-browser", "--port", str(port)]
    command += ["--folder", str(folder), "--workspace", str(workspace)]
    environment = {**os.environ, **ONE_THREAD}
    with (workspace / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True, env=environment)
    address = f"http://127.0.0.1:{port}"
    _wait(address, process, workspace / "server.log")
    yield address
    os.killpg(process.pid, 15)
    process.wait(20)
    for job in list_jobs(Workspace(workspace)):
        cancel_job(job, Workspace(workspace))  # jobs outlive the app


def _wait(address, process, log):
    for _ in range(240):
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(log.read_text())
