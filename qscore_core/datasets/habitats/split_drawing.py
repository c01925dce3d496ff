"""A whole split, drawn by as many processes as there are cores."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from .names import SEED, SPLITS
from .scene import draw_picture
from .values import Drawn

BATCH = 50  # pictures between two reports, and in one file of a worker
WORTH_A_PROCESS = 150  # starting Python takes about as long as drawing so many
Progress = Callable[[int, int], None]


def draw_split(
    split: str,
    *,
    count: int | None = None,
    seed: int = SEED,
    workers: int | None = None,
    on_progress: Progress | None = None,
) -> Drawn:
    """The first `count` pictures of a split (all of them by default), the same for any number of workers.

    Workers are fresh interpreters that run this package's `worker` module and nothing of the caller's, so this
    is safe in scripts without a main guard, in daemonic processes and in threads. `workers=1` starts none; the
    default is one a core, for as many pictures as make them worth starting.
    `on_progress(done, total)` is called in the calling thread.

    Raises:
        ValueError: for a split that does not exist, or a `count`, `seed` or `workers` out of range.
        RuntimeError: where a worker fails, with the last thing it said.
    """
    total = _total(split, count)
    if seed < 0:
        raise ValueError(f"`seed` should not be negative. Found {seed}.")
    if workers is not None and workers < 1:
        raise ValueError(f"`workers` should be at least 1. Found {workers}.")
    chosen = workers or min(os.cpu_count() or 1, max(total // WORTH_A_PROCESS, 1))
    report = on_progress or _unheard
    batches = [range(start, min(start + BATCH, total)) for start in range(0, total, BATCH)]
    if chosen == 1 or not sys.executable:
        return _joined(_drawn_here(split, batches, seed, report))
    with tempfile.TemporaryDirectory(prefix="habitats-") as folder:
        _drawn_elsewhere(Path(folder), split, batches, seed, chosen, report)
        return _joined(load(Path(folder), batch.start) for batch in batches)


def _unheard(done: int, total: int) -> None:
    pass


def _total(split: str, count: int | None) -> int:
    if split not in SPLITS:
        raise ValueError(f"`split` should be one of {', '.join(SPLITS)}. Found {split!r}.")
    total = SPLITS[split] if count is None else count
    if not 1 <= total <= SPLITS[split]:
        raise ValueError(f"`count` should lie between 1 and {SPLITS[split]} for split {split!r}. Found {count}.")
    return total


def draw_batch(split: str, indices: range, seed: int) -> Drawn:
    pictures = [draw_picture(split, index, seed) for index in indices]
    table = pd.DataFrame([asdict(picture.causes) for picture in pictures]).rename(columns={"class_": "class"})
    stacks = (np.stack([getattr(p, name) for p in pictures]) for name in ("image", "core", "spurious", "body"))
    return Drawn(*stacks, table)


def _drawn_here(split: str, batches: list[range], seed: int, report: Progress) -> Iterator[Drawn]:
    for batch in batches:
        yield draw_batch(split, batch, seed)
        report(batch.stop, batches[-1].stop)


def _joined(parts: Iterator[Drawn]) -> Drawn:
    kept = list(parts)
    stacks = (np.concatenate([getattr(p, name) for p in kept]) for name in ("images", "core", "spurious", "body"))
    return Drawn(*stacks, pd.concat([part.table for part in kept], ignore_index=True))


def _drawn_elsewhere(folder: Path, split: str, batches: list[range], seed: int, workers: int, report: Progress) -> None:
    total, waiting = batches[-1].stop, {batch.start: len(batch) for batch in batches}
    jobs = [
        {
            "folder": str(folder),
            "split": split,
            "seed": seed,
            "batches": [(b.start, b.stop) for b in batches[k::workers]],
        }
        for k in range(min(workers, len(batches)))
    ]
    with _running(jobs, folder) as processes:
        while waiting:
            ended = all(process.poll() is not None for process in processes)
            ready = [start for start in waiting if shard(folder, start).exists()]
            for start in ready:
                del waiting[start]
            if ready:
                report(total - sum(waiting.values()), total)
            elif ended or any(process.poll() for process in processes):
                raise RuntimeError(f"A worker drawing split {split!r} failed: {_last_words(folder)}")
            else:
                time.sleep(0.05)


@contextmanager
def _running(jobs: list[dict], folder: Path) -> Iterator[list[subprocess.Popen]]:
    """One interpreter a job; none outlives the block."""
    # -P and an explicit path: the worker imports what this process imports, not what lies in the current folder.
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(_import_path())}
    command = [sys.executable, "-P", "-m", f"{__package__}.worker"]
    processes = []
    try:
        with (folder / "errors.txt").open("wb") as errors:
            for job in jobs:
                process = subprocess.Popen(
                    [*command, json.dumps(job)], env=environment, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors
                )
                processes.append(process)
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _import_path() -> list[str]:
    root = str(Path(__file__).resolve().parents[__package__.count(".") + 1])
    return [root, *(entry for entry in sys.path if entry and Path(entry).is_dir())]


def _last_words(folder: Path) -> str:
    lines = (folder / "errors.txt").read_text(errors="replace").strip().splitlines()
    return " / ".join(lines[-3:]) or "it ended without a word"


def shard(folder: Path, start: int) -> Path:
    return folder / f"{start}.npz"


def load(folder: Path, start: int) -> Drawn:
    with np.load(shard(folder, start)) as kept:
        arrays = [kept[name] for name in ("images", "core", "spurious", "body")]
        table = pd.DataFrame(json.loads(str(kept["table"])))
    return Drawn(*arrays, table)


def save(folder: Path, start: int, part: Drawn) -> None:
    rows = json.dumps(part.table.to_dict("records"))  # Python writes floats so that they read back the same
    half = folder / f"{start}.half.npz"
    np.savez(half, images=part.images, core=part.core, spurious=part.spurious, body=part.body, table=rows)
    half.rename(shard(folder, start))  # whole or absent: the parent looks for the name
