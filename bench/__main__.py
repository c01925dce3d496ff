"""`python -m bench` prints a table of ratios within this run; `--write FILE` also puts it into a page."""

import argparse
import os
import sys
from pathlib import Path

import numpy
import torch

from bench import extraction, heatmaps, memory, signals, slider, start, training, whole_matrix
from bench.performance import Part, keep, page, table
from bench.sections import write_first

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


def machine() -> str:
    """What is measured on and with, without the machine's name."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    words = {1: "One virtual core", 2: "Two virtual cores"}.get(cores or 1, f"{cores} cores")
    graphics = torch.cuda.get_device_name() if torch.cuda.is_available() else "no GPU"
    vectors = torch.backends.cpu.get_cpu_capability()
    return f"{words} of a server CPU ({vectors}), {graphics}; torch {torch.__version__}, NumPy {numpy.__version__}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=PARTS, nargs="+", default=list(PARTS), help="some of the measurements")
    parser.add_argument("--write", type=Path, help="a page to write the tables to; what is kept of other parts stays")
    arguments = parser.parse_args()
    measured = {}
    for name in arguments.only:
        print(f"{name} ...", file=sys.stderr)
        measured[name] = Part(machine(), tuple(PARTS[name]()))
        print(table(measured[name].rows))
    if arguments.write:
        write_first(arguments.write, page(keep(measured, list(PARTS))))


if __name__ == "__main__":
    main()
