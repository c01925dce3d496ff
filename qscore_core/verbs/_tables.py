"""Result tables on disk: CSV or Parquet by the file's ending."""

from pathlib import Path

import pandas as pd

from qscore_core.errors import SettingsError
from qscore_core.selection_export import TABLE_FORMATS
from qscore_core.workspace import write_atomic, writing


def require_table_name(out: Path) -> None:
    """Refuses a result file of another kind before the work instead of after it."""
    if out.suffix not in (".csv", ".parquet"):
        raise SettingsError(f"`out` should end in .csv or .parquet. Found `{out}`.")


def write_table(table: pd.DataFrame, out: Path) -> None:
    """CSV or Parquet by ending, written whole or not at all."""
    require_table_name(out)
    with writing(out):
        out.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(out, TABLE_FORMATS[out.suffix](table))
