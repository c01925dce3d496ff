"""Kills `extract` at random moments and checks that it resumes to the same bytes: `python -m bench.kill_extraction`.

torch starts once: every run of the command is a forked child of this process, which sends it SIGKILL, or several of
them, of which one is killed. With several numbers of processes each run has one of them, whatever the last one had.
Prints one JSON document.
"""

import argparse
import contextlib
import hashlib
import json
import math
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import torch
from lightning_fabric.plugins.environments.lightning import find_free_network_port

import qscore_core.pipeline
import qscore_core.processes  # noqa: F401  imported before the first fork
from qscore_core import _row_file
from qscore_core.cli import app


def command(arguments: argparse.Namespace, workspace: Path) -> list[str]:
    """The same command each time; only the workspace differs."""
    subject = ["--encoder", arguments.encoder, "--dataset", arguments.dataset, "--split", arguments.split]
    how = ["--batch-size", str(arguments.batch_size), "--workers", str(arguments.workers), "--device", "cpu"]
    return ["extract", *subject, *how, "--workspace", str(workspace), "--json"]


def start(words: list[str], processes: int) -> list[int]:
    """Forks the children that run the command together, as a launcher would; returns their process ids."""
    meeting = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(find_free_network_port()), "NODE_RANK": "0"}
    return [
        _fork([*words, "--devices", str(processes)], {**meeting, "LOCAL_RANK": str(rank)}) for rank in range(processes)
    ]


def _fork(words: list[str], environment: dict[str, str]) -> int:
    child = os.fork()
    if child:
        return child
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
        os.environ.update(environment)
        status = 1
        with contextlib.suppress(BaseException):
            app(words, standalone_mode=False)
            status = 0
        os._exit(status)


def finished(children: list[int], seconds: float | None) -> bool:
    """Whether all ended by themselves within the time; if not, one is killed and then the others."""
    ends = time.monotonic() + (math.inf if seconds is None else seconds)
    left = dict.fromkeys(children)
    while left and time.monotonic() < ends:
        for child in list(left):
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                del left[child]
                if status:
                    end(list(left))
                    raise SystemExit(f"extract failed with exit status {os.waitstatus_to_exitcode(status)}")
        time.sleep(0.001)
    if left:
        end(list(left))
    return not left


def end(children: list[int]) -> None:
    """Kills one; the others may still notice and save what they have."""
    random.shuffle(children)
    for number, child in enumerate(children):
        os.kill(child, signal.SIGTERM if number else signal.SIGKILL)
    time.sleep(0.1 if len(children) > 1 else 0)
    for child in children:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


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
    """How many images the killed run had saved, in all its parts."""
    saved = [json.loads(file.read_text()) for file in (workspace / "representations").rglob("position.json")]
    return sum(position["written"] + len(position["skipped"]) for position in saved)


def run(arguments: argparse.Namespace, root: Path) -> dict[str, object]:
    random.seed(arguments.seed)
    whole = root / "uninterrupted"
    began = time.monotonic()
    finished(start(command(arguments, whole), 1), None)
    duration, expected = time.monotonic() - began, thumbprint(whole)
    kills, from_the_middle, rounds, different = 0, 0, 0, 0
    for processes in arguments.processes:
        workspace = root / f"uninterrupted-{processes}"
        finished(start(command(arguments, workspace), processes), None)
        different += thumbprint(workspace) != expected
    while kills < arguments.kills:
        rounds += 1
        workspace = root / f"killed-{rounds}"
        while not finished(_start_again(arguments, workspace), _moment(kills < arguments.kills, duration)):
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


def _start_again(arguments: argparse.Namespace, workspace: Path) -> list[int]:
    return start(command(arguments, workspace), random.choice(arguments.processes))


def _moment(may_kill: bool, duration: float) -> float | None:
    return random.uniform(0, duration) if may_kill else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoder", default="habitats:untrained")
    parser.add_argument("--dataset", default="habitats?count=1000")
    parser.add_argument("--split", default="test")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--processes", type=int, nargs="+", default=[1], help="that work together, one number a run")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save-every", type=float, default=0.05, help="seconds between saved positions")
    arguments = parser.parse_args()
    _row_file.SAVE_EVERY_SECONDS = arguments.save_every
    torch.set_num_threads(1)  # a forked child may not use threads that its parent started
    with tempfile.TemporaryDirectory() as root:
        print(json.dumps(run(arguments, Path(root))))


if __name__ == "__main__":
    main()
