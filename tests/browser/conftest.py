"""A real server and a real Chromium."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from qscore_core.jobs import cancel_job, list_jobs
from qscore_core.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
expect.set_options(timeout=30_000)
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


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
def server(tmp_path_factory):
    """Address of the app on an empty workspace, started as a user starts it."""
    workspace = tmp_path_factory.mktemp("served")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "qscore_core", "serve", "--no-browser", "--port", str(port)]
    command += ["--folder", str(tmp_path_factory.getbasetemp())]  # files of the tests may be opened
    with (workspace / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--workspace", str(workspace)], cwd=ROOT, stdout=log, stderr=log, start_new_session=True
        )
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
