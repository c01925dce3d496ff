"""`python -m bench` prints one table of ratios within this run; `--write FILE` also puts it into a page."""

import argparse
import os
import sys
from pathlib import Path

import numpy
import torch

from bench import extraction, heatmaps, memory, signals, slider, start, training, whole_matrix
from bench.measure import HEADER
from qscore_core.workspace import write_atomic

PARTS = {
    "start": start.rows,
    "extraction": extraction.rows,
    "memory": memory.rows,
    "whole_matrix": whole_matrix.rows,
    "slider": slider.rows,
    "signals": signals.rows,
    "training": training.rows,
    "heatmaps": heatmaps.rows,
}
INTRODUCTION = """# Performance

Measured by `python -m bench` (`make bench`), as ratios within one run where a ratio makes sense, the fastest of several
repeats. This page is the last run, written by `python -m bench --write docs/performance.md`.

Machine: {machine}; torch {torch}, NumPy {numpy}.

{table}
"""


def machine() -> str:
    """The machine in words, without its name."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    words = {1: "one virtual core", 2: "two virtual cores"}.get(cores or 1, f"{cores} cores")
    graphics = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    return f"{words} of a server CPU, {graphics}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=PARTS, nargs="+", default=list(PARTS), help="some of the measurements")
    parser.add_argument("--write", type=Path, help="a page to write the table to")
    arguments = parser.parse_args()
    lines = []
    for name in arguments.only:
        print(f"{name} ...", file=sys.stderr)
        lines += [str(row) for row in PARTS[name]()]
    table = "\n".join([HEADER, *lines])
    print(table)
    if arguments.write:
        page = INTRODUCTION.format(machine=machine(), torch=torch.__version__, numpy=numpy.__version__, table=table)
        write_atomic(arguments.write, page)


if __name__ == "__main__":
    main()
