"""The command line: each verb parses its options, asks the core and returns the JSON document that it prints.

Imports stay inside the verbs so that `--help` answers at once; it lists them in the order of the imports below.
"""

from qscore_core.cli import (  # noqa: I001  that order
    sources,
    scoring,
    comparing,
    finding,
    looking,
    training,
    keeping,
    serving,
)
from qscore_core.cli._app import app

__all__ = ["app", "comparing", "finding", "keeping", "looking", "main", "scoring", "serving", "sources", "training"]


def main() -> None:
    app()
