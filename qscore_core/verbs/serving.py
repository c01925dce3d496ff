"""`serve`: the app."""

import os
import subprocess
import sys
import threading
import time
import urllib.request
import webbrowser
from pathlib import Path
from typing import Any

from qscore_core.verbs._common import Session

ROOT = Path(__file__).resolve().parents[2]
CLASSROOM = "QSCORE_CLASSROOM"  # in the app's environment, `1` says that its pages are for a classroom


def serve(
    session: Session, port: int, address: str, browser: bool, folders: list[Path], changes: dict[str, str]
) -> dict[str, Any]:
    """Runs the app until it is stopped; `changes` are of its environment."""
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
    # Headless: Streamlit's own way to open a browser also asks its user questions that are none of ours.
    command += ["--server.port", str(port), "--server.address", address, "--server.headless", "true"]
    environment = app_environment(session.workspace.root, folders) | changes
    page = f"http://{'127.0.0.1' if address == '0.0.0.0' else address}:{port}"
    session.say(f"The app is at {page} (Ctrl-C stops it).")
    if browser and _has_display():
        threading.Thread(target=_open_when_up, args=(page,), daemon=True).start()
    status = subprocess.call(command, env=environment, cwd=ROOT)
    return {"stopped": True, "status": status}


def app_environment(workspace: Path, folders: list[Path]) -> dict[str, str]:
    """This environment with what the app should know: its workspace, and the folders whose weights its pages open."""
    in_environment = [Path(folder) for folder in os.environ.get("QSCORE_FOLDERS", "").split(os.pathsep) if folder]
    allowed = folders or in_environment or [Path.cwd()]
    # absolute: the app itself runs in another folder
    joined = os.pathsep.join(str(folder.expanduser().absolute()) for folder in allowed)
    return {**os.environ, "QSCORE_WORKSPACE": str(workspace), "QSCORE_FOLDERS": joined}


def _has_display() -> bool:
    """Whether a browser could show a window; without one, Python would start a text browser in this terminal."""
    return sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def _open_when_up(page: str) -> None:
    """Opens a browser once the server answers."""
    for _ in range(120):
        try:
            with urllib.request.urlopen(f"{page}/_stcore/health", timeout=1):
                webbrowser.open(page)
                return
        except OSError:
            time.sleep(0.5)
