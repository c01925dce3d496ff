"""The app on a free port, started as a user starts it, for what measures or photographs it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from qscore_core.verbs.serving import ROOT


@contextmanager
def server(workspace: Path) -> Iterator[tuple[str, Callable[[], float]]]:
    """The app on a free port, as a user starts it: its address, and what tells its processor seconds so far."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "qscore_core", "serve", "--no-browser", "--port", str(port)]
    process = subprocess.Popen([*command, "--workspace", str(workspace)], cwd=ROOT, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{address}/_stcore/health")
        yield address, lambda: _processor_seconds(process.pid)
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
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(_processor_seconds(int(child)) for child in children)
