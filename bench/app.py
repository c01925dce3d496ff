"""`python -m bench.app` measures the app: first paint, moves and bytes at growing numbers of images, and 30 sessions.

`--write FILE` puts the table into that page, under the heading it has there. A workspace that is given keeps what it
needs (features that are made up, Habitats drawn and extracted), so that the next time it is there.
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from bench import app_browser as hands
from bench.app_features import features_of
from bench.app_sessions import sessions
from bench.measure import HEADER, Row
from bench.sections import APP, write_app
from qscore_core.verbs.serving import ROOT
from qscore_core.workspace import Workspace

IMAGES, SESSIONS = (1_000, 10_000, 100_000), 30
LARGEST_MESSAGE = 3_000_000
FIRST_PAINT = {1_000: 2.0, 10_000: 2.0, 100_000: 4.0}
MOVE = {1_000: 0.3, 10_000: 0.3, 100_000: 1.0}
LASSO = 1.0
INTRODUCTION = """{heading}

Measured by `python -m bench.app` in a real Chromium on the same machine as the server. Seconds count from the touch of
a hand to the end of the run that answers it; bytes are what then went through the socket, both ways.

Machine: {machine}; load average {load:.1f} at the end.

{table}
"""


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


def of_images(address: str, worked: Callable[[], float], images: int, ref: str) -> list[Row]:
    """The low-Q and the feature page of so many images, each after its first visit, which makes what is kept."""
    low_q, features = f"{address}/low_q?data={ref}", f"{address}/features?data={ref}"
    shown = f".told:has-text('{images:,} of {images:,}')"
    curve = "[data-testid=stPlotlyChart] .main-svg"
    with hands.chromium() as browser:
        for url, drawn in ((low_q, shown), (features, curve)):
            first = browser.new_page()
            hands.Watched(first, worked).open(url, drawn)
            first.close()
        page = hands.Watched(browser.new_page(viewport={"width": 1400, "height": 1600}), worked)
        paint = page.open(low_q, shown)
        found = {"lasso": page.move(hands.lasso)}
        page.open(low_q, shown)
        found["next page of the grid"] = page.move(hands.next_page)
        page.open(features, curve)
        found["next feature"] = page.move(hands.next_feature)
        found["step of epsilon"] = page.move(hands.epsilon)
    budget = FIRST_PAINT[images]
    rows = [Row(f"map of {images:,} images, first paint", f"{paint:.2f} s", f"<= {budget:g} s", paint <= budget)]
    return rows + [_row(f"{name}, {images:,} images", one, images, name) for name, one in found.items()]


def _row(what: str, moves: hands.Moves, images: int, name: str) -> Row:
    budget = LASSO if name == "lasso" else MOVE[images]
    measured = f"{moves.median:.2f} s, 95th percentile {moves.late:.2f} s"
    how = f"{np.median(moves.worked):.2f} s of the server's processor, {np.median(moves.sizes) / 1000:,.0f} kB a move, "
    how += f"largest message {moves.largest / 1000:,.0f} kB"
    return Row(what, measured, f"<= {budget:g} s", moves.median <= budget and moves.largest <= LARGEST_MESSAGE, how)


def of_sessions(address: str) -> list[Row]:
    """Everybody on Habitats at once, which is ready."""
    sessions(address, 1)
    found = sessions(address, SESSIONS)
    moves, sizes = np.concatenate([one.moves for one in found]), np.concatenate([one.sizes for one in found])
    first = np.array([one.first for one in found])
    words = [f"{np.median(times):.2f} s, 95th percentile {np.percentile(times, 95):.2f} s" for times in (first, moves)]
    how = f"{len(moves)} moves to another page or epsilon, 2 to 8 s apart, {np.median(sizes) / 1000:,.0f} kB each"
    return [
        Row(f"{SESSIONS} sessions on Habitats: first page", words[0], "", None, "all asked for within 8 s"),
        Row(f"{SESSIONS} sessions on Habitats: a move", words[1], "<= 1 s", bool(np.median(moves) <= 1), how),
    ]


def told(rows: list[Row]) -> list[Row]:
    """Says them at once: minutes of measuring are not lost with what comes after."""
    print(*rows, sep="\n", file=sys.stderr, flush=True)
    return rows


def prepare_habitats(workspace: Path) -> None:
    command = [sys.executable, "-m", "qscore_core", "evaluate", "--encoder", "habitats:simclr", "--dataset", "habitats"]
    subprocess.run([*command, "--epsilon", "auto", "--workspace", str(workspace)], check=True, capture_output=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, choices=IMAGES, nargs="*", default=list(IMAGES))
    parser.add_argument("--workspace", type=Path, help="kept for the next time [made anew]")
    parser.add_argument("--write", type=Path, help="a page to write the table to")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = arguments.workspace or Path(made)
        refs = {images: features_of(images, Workspace.at(folder), Path(made)) for images in arguments.images}
        prepare_habitats(folder)
        with server(folder) as (address, worked):
            rows = told(of_sessions(address))
            rows += [row for images, ref in refs.items() for row in told(of_images(address, worked, images, ref))]
    table = "\n".join([HEADER, *map(str, rows)])
    print(table)
    if arguments.write:
        from bench.__main__ import machine

        words = {"machine": machine(), "load": os.getloadavg()[1], "table": table}
        write_app(arguments.write, INTRODUCTION.format(heading=APP, **words))


if __name__ == "__main__":
    main()
