"""`serve`: the app."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from qscore_core.verbs._common import Session

ROOT = Path(__file__).resolve().parents[2]


def serve(session: Session, port: int, address: str, browser: bool) -> dict[str, Any]:
    """Runs the app until it is stopped."""
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py")]
    command += ["--server.port", str(port), "--server.address", address, "--server.headless", str(not browser).lower()]
    environment = {**os.environ, "QSCORE_WORKSPACE": str(session.workspace.root)}
    session.say(f"The app is at http://{address}:{port} (Ctrl-C stops it).")
    status = subprocess.call(command, env=environment, cwd=ROOT)
    return {"stopped": True, "status": status}
