"""docs/performance.md from what was measured: a table a part, each with the machine of its own last run."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy
import torch

from bench.measure import HEADER, Row
from qscore_core.workspace import write_atomic

APP = "app"  # measured by `python -m bench.app`, in a browser
ON_A_GPU = {name: f"{name}_on_a_GPU" for name in ("extraction", "training", "heatmaps")}
ORDER = (
    *("start", "extraction", "memory", "whole_matrix", "slider", "signals", "training", "heatmaps", APP),
    *ON_A_GPU.values(),
)
KEPT = Path(__file__).resolve().parents[1] / "docs" / "records" / "performance.json"
INTRODUCTION = """# Performance

Measured by `python -m bench` (`make bench`), as ratios within one run where a ratio makes sense, the fastest of several
repeats. Written by `python -m bench --write docs/performance.md`; `--only PART` measures a part again and leaves the
others as they were; `python -m bench.app` measures the app, in a real Chromium beside its server. Numbers of different
parts may be of different machines; what was measured on a GPU stands at the end."""


@dataclass(frozen=True)
class Part:
    """The rows of one part, and in words what they were measured on and with."""

    machine: str
    rows: tuple[Row, ...]


def read_parts(path: Path = KEPT) -> dict[str, Part]:
    """What was kept, by the part's name; nothing where there is no such file."""
    if not path.exists():
        return {}
    return {
        name: Part(part["machine"], tuple(Row(**row) for row in part["rows"]))
        for name, part in json.loads(path.read_text()).items()
    }


def kept_as(name: str) -> str:
    """The name of a part: one measured on a GPU stands beside that of the CPU, not in its place."""
    return ON_A_GPU.get(name, name) if torch.cuda.is_available() else name


def machine() -> str:
    """What is measured on and with, without the machine's name."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    words = {1: "One virtual core", 2: "Two virtual cores"}.get(cores or 1, f"{cores} cores")
    graphics = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    vectors = torch.backends.cpu.get_cpu_capability()
    return f"{words} of a server CPU ({vectors}), {graphics}; torch {torch.__version__}, NumPy {numpy.__version__}"


def write(measured: Mapping[str, Part], file: Path) -> None:
    """Keeps what was measured and writes the whole page anew."""
    write_atomic(file, page(keep(measured)))


def keep(measured: Mapping[str, Part], path: Path = KEPT) -> dict[str, Part]:
    """Puts the measured parts in place of what was kept of them; returns all, in `ORDER`."""
    known = {**read_parts(path), **measured}
    parts = {name: known[name] for name in ORDER if name in known}
    write_atomic(path, json.dumps({name: asdict(part) for name, part in parts.items()}, indent=1) + "\n")
    return parts


def page(parts: Mapping[str, Part]) -> str:
    """The whole page."""
    sections = [f"## {name.replace('_', ' ')}\n\n{part.machine}.\n\n{table(part.rows)}" for name, part in parts.items()]
    return "\n\n".join([INTRODUCTION, *sections]) + "\n"


def table(rows: Sequence[Row]) -> str:
    return "\n".join([HEADER, *map(str, rows)])
