"""`python -m bench` prints a table of ratios within this run; `--write FILE` also puts it into a page."""

import argparse
import sys
from pathlib import Path

from bench import extraction, heatmaps, memory, signals, slider, start, training, whole_matrix
from bench.performance import Part, kept_as, machine, table, write

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=PARTS, nargs="+", default=list(PARTS), help="some of the measurements")
    parser.add_argument("--write", type=Path, help="a page to write the tables to; what is kept of other parts stays")
    arguments = parser.parse_args()
    measured = {}
    for name in arguments.only:
        print(f"{name} ...", file=sys.stderr)
        part = measured[kept_as(name)] = Part(machine(), tuple(PARTS[name]()))
        print(table(part.rows))
    if arguments.write:
        write(measured, arguments.write)


if __name__ == "__main__":
    main()
