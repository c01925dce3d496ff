"""The app on a free port, started as a user starts it, for what measures or photographs it."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from qscore_core.verbs.serving import ROOT

BARE = """import streamlit as st
st.title("One line")
"""


@dataclass(frozen=True)
class Served:
    """A server that runs: its address, its processor seconds so far, the bytes that it holds in memory."""

    address: str
    pid: int

    def worked(self) -> float:
        return _processor_seconds(self.pid)

    def resident(self) -> float:
        return _resident_bytes(self.pid)


@contextmanager
def server(workspace: Path) -> Iterator[Served]:
    """The app on a free port, as a user starts it."""
    command = [sys.executable, "-m", "qscore_core", "serve", "--no-browser", "--workspace", str(workspace)]
    with _serving(command, "--port", ROOT) as served:
        yield served


@contextmanager
def bare_server() -> Iterator[Served]:
    """Streamlit with a page of one line."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "bare.py")
        page.write_text(BARE)
        command = [sys.executable, "-m", "streamlit", "run", str(page), "--server.headless", "true"]
        command += ["--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false"]
        with _serving(command, "--server.port", Path(folder)) as served:
            yield served


@contextmanager
def _serving(command: list[str], port_option: str, folder: Path) -> Iterator[Served]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([*command, port_option, str(port)], cwd=folder, stdout=subprocess.DEVNULL)
    served = Served(f"http://127.0.0.1:{port}", process.pid)
    try:
        _wait(f"{served.address}/_stcore/health")
        yield served
    finally:
        process.terminate()
        process.wait(30)


def _wait(url: str) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(url)


def _processor_seconds(pid: int) -> float:
    """Of a process and all that it started."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(_processor_seconds, _children(pid)))


def _resident_bytes(pid: int) -> float:
    """Of a process and all that it started."""
    own = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return own + sum(map(_resident_bytes, _children(pid)))


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
