"""What the commands that record built-in encoders by name have in common."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from bench.records import FOLDER
from qscore_core.workspace import Workspace


def record_by_name(description: str | None, record: Callable[[str, Workspace, Path], Path]) -> None:
    """Parses `NAME... [--workspace W] [--records FOLDER]`, calls `record` for each name, prints the file it wrote."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("name", nargs="+")
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--records", type=Path, default=FOLDER)
    arguments = parser.parse_args()
    for name in arguments.name:
        print(record(name, Workspace.at(arguments.workspace), arguments.records))


def tell(progress: object) -> None:
    print(progress, file=sys.stderr)
