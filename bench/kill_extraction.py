"""Kills `extract` at random moments and checks that it resumes to the same bytes: `python -m bench.kill_extraction`.

torch starts once: every run of the command is a forked child of this process, which sends it SIGKILL. Prints one JSON
document.
"""

import argparse
import contextlib
import hashlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import torch

from qscore_core import extraction, pipeline  # noqa: F401  imported before the first fork
from qscore_core.cli import app


def command(arguments: argparse.Namespace, workspace: Path) -> list[str]:
    """The same command each time; only the workspace differs."""
    subject = ["--encoder", arguments.encoder, "--dataset", arguments.dataset, "--split", arguments.split]
    how = ["--batch-size", str(arguments.batch_size), "--workers", str(arguments.workers), "--device", "cpu"]
    return ["extract", *subject, *how, "--workspace", str(workspace), "--json"]


def start(words: list[str]) -> int:
    """Forks a child that runs the command; returns its process id."""
    child = os.fork()
    if child:
        return child
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
        status = 1
        with contextlib.suppress(BaseException):
            app(words, standalone_mode=False)
            status = 0
        os._exit(status)


def finished(child: int, seconds: float | None) -> bool:
    """Whether the child ended by itself within the time; a child that did not is killed."""
    if seconds is not None:
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                return _succeeded(status)
            time.sleep(0.001)
        os.kill(child, signal.SIGKILL)
    return _succeeded(os.waitpid(child, 0)[1])


def _succeeded(status: int) -> bool:
    if os.WIFSIGNALED(status):
        return False
    if os.WEXITSTATUS(status):
        raise SystemExit(f"extract failed with exit status {os.WEXITSTATUS(status)}")
    return True


def thumbprint(workspace: Path) -> dict[str, str]:
    """Digest of each file whose bytes must not depend on interruptions; empty where nothing is finished."""
    folder = next((workspace / "representations").glob("*/manifest.json")).parent
    files = [
        "matrix.f32",
        "table.parquet",
        *(f"{f.parent.name}/{f.name}" for f in sorted(folder.glob("index*/*.[nrf]*"))),
    ]
    about = json.loads((folder / "manifest.json").read_text())
    skipped = hashlib.sha256(json.dumps([about["images"], about["skipped"]]).encode()).hexdigest()
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files} | {"skipped": skipped}


def saved_images(workspace: Path) -> int:
    """How many images the killed run had saved."""
    found = list((workspace / "representations").glob("*/position.json"))
    return json.loads(found[0].read_text())["seen"] if found else 0


def run(arguments: argparse.Namespace, root: Path) -> dict[str, object]:
    random.seed(arguments.seed)
    whole = root / "uninterrupted"
    began = time.monotonic()
    finished(start(command(arguments, whole)), None)
    duration, expected = time.monotonic() - began, thumbprint(whole)
    kills, from_the_middle, rounds, different = 0, 0, 0, 0
    while kills < arguments.kills:
        rounds += 1
        workspace = root / f"killed-{rounds}"
        while not finished(start(command(arguments, workspace)), _moment(kills < arguments.kills, duration)):
            kills += 1
            from_the_middle += saved_images(workspace) > 0
        different += thumbprint(workspace) != expected
    return {
        "kills": kills,
        "resumed_from_the_middle": from_the_middle,
        "extractions": rounds,
        "different_from_uninterrupted": different,
        "seconds_of_a_run": round(duration, 2),
    }


def _moment(may_kill: bool, duration: float) -> float | None:
    return random.uniform(0, duration) if may_kill else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", default="habitats:untrained")
    parser.add_argument("--dataset", default="habitats?count=1000")
    parser.add_argument("--split", default="test")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save-every", type=float, default=0.05, help="seconds between saved positions")
    arguments = parser.parse_args()
    extraction.SAVE_EVERY_SECONDS = arguments.save_every
    torch.set_num_threads(1)  # a forked child may not use threads that its parent started
    with tempfile.TemporaryDirectory() as root:
        print(json.dumps(run(arguments, Path(root))))


if __name__ == "__main__":
    main()
