"""How long `--help` takes."""

import subprocess
import sys

from bench.measure import Row, shortest

MOST = 0.5


def rows() -> list[Row]:
    command = [sys.executable, "-m", "qscore_core", "--help"]
    bare = shortest(lambda: subprocess.run([sys.executable, "-c", ""], check=True), 5)
    seconds = shortest(lambda: subprocess.run(command, check=True, capture_output=True), 5)
    how = f"{seconds / bare:.0f} times the start of Python itself"
    return [Row("`--help`", f"{seconds:.2f} s", f"<= {MOST} s", seconds <= MOST, how)]
