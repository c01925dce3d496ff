"""`python -m bench.app` measures the app: first paint, moves and bytes at growing numbers of images, and 30 sessions.

Seconds count from the touch of a hand to the end of the run that answers it; bytes are what then went through the
socket, both ways. `--write FILE` puts the table into that page. A workspace that is given keeps what it needs (features
that are made up, Habitats drawn and extracted), so that the next time it is there.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench import app_browser as hands
from bench.app_features import features_of
from bench.app_server import server
from bench.app_sessions import sessions
from bench.measure import Row
from bench.performance import APP, Part, machine, table, write
from qscore_core.workspace import Workspace

IMAGES, SESSIONS = (1_000, 10_000, 100_000), 30
LARGEST_MESSAGE = 3_000_000
FIRST_PAINT = {1_000: 2.0, 10_000: 2.0, 100_000: 4.0}
MOVE = {1_000: 0.3, 10_000: 0.3, 100_000: 1.0}
LASSO = 1.0


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
    print(table(rows))
    if arguments.write:
        words = f"{machine()}; load average {os.getloadavg()[1]:.1f} at the end"
        write({APP: Part(words, tuple(rows))}, arguments.write)


if __name__ == "__main__":
    main()
