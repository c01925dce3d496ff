"""`python -m bench.app` measures the app: first paint, moves, bytes and memory by numbers of images, and 30 sessions.

Seconds count from the touch of a hand to the end of the run that answers it; bytes are what then went through the
socket, both ways. `--write FILE` puts the table into that page. A workspace that is given keeps what it needs (features
that are made up, Habitats drawn and extracted), so that the next time it is there.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser

from bench import app_browser as hands
from bench.app_features import features_of
from bench.app_server import Served, bare_server, server
from bench.app_sessions import sessions
from bench.measure import Row
from bench.performance import APP, Part, machine, table, write
from qscore_core.workspace import Workspace

IMAGES, DENSE, SESSIONS = (1_000, 10_000, 100_000), 1_000_000, 30
LARGEST_MESSAGE = 3_000_000
FIRST_PAINT = {1_000: 2.0, 10_000: 2.0, 100_000: 4.0}  # no number was set for DENSE
MOVE = {1_000: 0.3, 10_000: 0.3, 100_000: 1.0}
INTERACTIONS, WARM = 50, 10  # memory is asked after the first and after the last of them
GROWTH = 1.1
LASSO = 1.0


def of_images(served: Served, images: int, ref: str) -> list[Row]:
    """The low-Q and the feature page of so many images, each after its first visit, which makes what is kept."""
    low_q, features = (f"{served.address}/{page}?data={ref}" for page in ("low_q", "features"))
    shown, curve = (".told", f"{images:,} of {images:,}"), (".js-plotly-plot .main-svg", "")
    with hands.chromium() as browser:
        for url, drawn in ((low_q, shown), (features, curve)):
            first = browser.new_page()
            hands.Watched(first, served.worked).open(url, drawn)
            first.close()
        page = _page(browser, served)
        paints = [page.open(low_q, shown)]
        for _ in range(hands.MOVES - 1):
            other = _page(browser, served)
            paints.append(other.open(low_q, shown))
            other.page.close()
        paint, whole = map(float, np.median(paints, axis=0))
        found = {"lasso": page.move(hands.lasso)}
        page.open(low_q, shown)
        found["next page of the grid"] = page.move(hands.next_page)
        page.open(features, curve)
        found["next feature"] = page.move(hands.next_feature)
        found["step of epsilon"] = page.move(hands.epsilon)
    how = f"the map, of which nothing was loaded before; all of the page after {whole:.2f} s"
    rows = [_within(f"map of {images:,} images, first paint", f"{paint:.2f} s", paint, FIRST_PAINT.get(images), how)]
    return rows + [_row(f"{name}, {images:,} images", one, images, name) for name, one in found.items()]


def _page(browser: Browser, served: Served) -> hands.Watched:
    return hands.Watched(browser.new_page(viewport={"width": 1400, "height": 1600}), served.worked)


def _row(what: str, moves: hands.Moves, images: int, name: str) -> Row:
    budget = LASSO if name == "lasso" and images <= IMAGES[-1] else MOVE.get(images)
    measured = f"{moves.median:.2f} s, 95th percentile {moves.late:.2f} s"
    how = f"{np.median(moves.worked):.2f} s of the server's processor, {np.median(moves.sizes) / 1000:,.0f} kB a move, "
    how += f"largest message {moves.largest / 1000:,.0f} kB"
    row = _within(what, measured, moves.median, budget, how)
    return replace(row, holds=None if row.holds is None else row.holds and moves.largest <= LARGEST_MESSAGE)


def _within(what: str, measured: str, seconds: float, budget: float | None, how: str = "") -> Row:
    if budget is None:
        return Row(what, measured, "", None, how)
    return Row(what, measured, f"<= {budget:g} s", seconds <= budget, how)


def of_bare() -> list[Row]:
    """The least that Streamlit takes here: a page of one line."""
    with bare_server() as served, hands.chromium() as browser:
        paints = [_page(browser, served).open(served.address, ("h1", "One line"))[0] for _ in range(hands.MOVES)]
    return [
        Row("a bare Streamlit page of one line, first paint", f"{np.median(paints):.2f} s", "", None, "for comparison")
    ]


def of_memory(served: Served, ref: str) -> list[Row]:
    """Whether memory of server and browser stops growing over many moves of all kinds."""
    with hands.chromium() as browser:
        page = _page(browser, served)
        page.open(f"{served.address}/low_q?data={ref}", (".told", "shown"))
        kept = {}
        for number in range(INTERACTIONS):
            page.move((hands.lasso, hands.next_page, hands.epsilon)[number % 3], times=1)
            if number + 1 in (WARM, INTERACTIONS):
                kept[number + 1] = served.resident(), hands.heap_of(page.page)
    return [
        _grown(f"memory of the {who} over moves {WARM} to {INTERACTIONS}, {IMAGES[-1]:,} images", *pair)
        for who, pair in zip(("server", "page"), zip(kept[WARM], kept[INTERACTIONS], strict=True), strict=True)
    ]


def _grown(what: str, before: float, after: float) -> Row:
    how = f"{before / 1e6:,.0f} MB and {after / 1e6:,.0f} MB; lasso, page of the grid and step of epsilon in turn"
    return Row(what, f"{after / before:.2f} x", f"<= {GROWTH:g} x", after / before <= GROWTH, how)


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
    parser.add_argument("--images", type=int, choices=(*IMAGES, DENSE), nargs="*", default=[*IMAGES, DENSE])
    parser.add_argument("--workspace", type=Path, help="kept for the next time [made anew]")
    parser.add_argument("--write", type=Path, help="a page to write the table to")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = arguments.workspace or Path(made)
        refs = {images: features_of(images, Workspace.at(folder), Path(made)) for images in arguments.images}
        prepare_habitats(folder)
        rows = told(of_bare())
        with server(folder) as served:
            rows += told(of_sessions(served.address))
            for images, ref in refs.items():
                rows += told(of_images(served, images, ref))
                if images == IMAGES[-1]:
                    rows += told(of_memory(served, ref))
    print(table(rows))
    if arguments.write:
        words = f"{machine()}; load average {os.getloadavg()[1]:.1f} at the end"
        write({APP: Part(words, tuple(rows))}, arguments.write)


if __name__ == "__main__":
    main()
