"""A verb's result on stdout: one JSON document, or lines for a person."""

import json
import math
import os
import sys
import textwrap
from typing import Any

import typer

FIRST = 25  # rows of a list inside a result that are shown to a person


def print_result(result: dict[str, Any] | list[dict[str, Any]], as_json: bool) -> None:
    try:
        if as_json:
            typer.echo(json.dumps(_finite(result), default=_plain, allow_nan=False))
        else:
            for row in result if isinstance(result, list) else [result]:
                _print_row(row)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader (`head`, say) has what it wanted.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_row(row: dict[str, Any]) -> None:
    width = max(len(key) for key in row)
    for key, value in row.items():
        if isinstance(value, list | tuple) and value and isinstance(value[0], dict):
            typer.echo(f"{key}:")
            for item in value[:FIRST]:
                typer.echo("  " + "  ".join(f"{name} {_text(entry)}" for name, entry in item.items()))
            if len(value) > FIRST:
                typer.echo(f"  and {len(value) - FIRST:,} more: `--json` has all of them")
        elif isinstance(value, str) and "\n" in value:
            typer.echo(f"{key}:\n{textwrap.indent(value, '  ')}")
        else:
            typer.echo(f"{key:<{width}}  {_text(value)}")
    typer.echo("")


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return ", ".join(_text(entry) for entry in value) or "-"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_text(entry)}" for name, entry in value.items()) or "-"
    return "-" if value in (None, "") else str(value)


def _finite(value: Any) -> Any:
    """NaN and infinity as null: JSON has no word for them."""
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain(value: Any) -> Any:
    """NumPy numbers and paths inside a JSON document."""
    return value.item() if hasattr(value, "item") else str(value)
