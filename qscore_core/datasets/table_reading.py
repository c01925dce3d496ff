"""CSV and Parquet files as text columns where the meaning is text."""

from pathlib import Path

import pandas as pd
import pyarrow

from qscore_core.errors import DatasetError

MISSING = ["", "NA", "N/A", "NaN", "nan", "null", "None"]  # in the user's own columns
CSV_ENDINGS = {".csv": ",", ".tsv": "\t"}


def read_table(path: Path, text_columns: tuple[str, ...]) -> pd.DataFrame:
    """The table with `text_columns` as text, missing where empty; row numbers from 0.

    A label `01` or `NA` stays what it is, and 3.0 from a column of whole numbers with gaps becomes `3`.
    Raises DatasetError where the file is missing or cannot be read as a table.
    """
    ending = path.suffix.lower()
    if not path.is_file():
        raise DatasetError(f"`table:FILE` should name a CSV or Parquet file. Found nothing at `{path}`.")
    if ending not in {*CSV_ENDINGS, ".parquet"}:
        raise DatasetError(f"Table `{path}` should end in .csv, .tsv or .parquet. Found `{path.name}`.")
    try:
        rows = pd.read_parquet(path) if ending == ".parquet" else _read_csv(path, CSV_ENDINGS[ending], text_columns)
    except (ValueError, OSError, pyarrow.ArrowException) as error:
        reason = (str(error).strip().splitlines() or ["no reason given"])[0]
        raise DatasetError(f"Table `{path}` cannot be read as {ending[1:]}: {reason}.") from error
    rows = rows.reset_index(drop=True)
    for column in [name for name in text_columns if name in rows]:
        rows[column] = _without_point_zero(rows[column].map(_as_text).astype(object))
    return rows


def _read_csv(path: Path, separator: str, text_columns: tuple[str, ...]) -> pd.DataFrame:
    # utf-8-sig drops the byte-order mark that spreadsheets write before the first column's name
    columns = pd.read_csv(path, sep=separator, nrows=0, encoding="utf-8-sig").columns
    return pd.read_csv(
        path,
        sep=separator,
        encoding="utf-8-sig",
        dtype={name: str for name in text_columns if name in columns},
        keep_default_na=False,
        na_values={name: [""] if name in text_columns else MISSING for name in columns},
        skipinitialspace=True,
    )


def _without_point_zero(texts: pd.Series) -> pd.Series:
    # whole numbers with gaps are written to CSV as 3.0, 0.0, ...
    known = texts.dropna()
    if known.empty or not known.str.fullmatch(r"-?\d+\.0").all():
        return texts
    return texts.str.removesuffix(".0").astype(object)


def _as_text(value: object) -> str | None:
    if value is None or value is pd.NA or value is pd.NaT or value != value or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
