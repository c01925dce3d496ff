"""A short table whose rows lead somewhere; for numbers to sort and to search, Streamlit's own is the better one."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import streamlit as st
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from pages.ui.in_order import COMES_LATE, in_order

FOLDER = Path(__file__).parent
MARKS = {True: "✓", False: ""}
_rows = st.components.v2.component(
    "qscore_rows", css=(FOLDER / "rows.css").read_text(), js=COMES_LATE + (FOLDER / "rows.js").read_text()
)


def rows(
    table: pd.DataFrame,
    *,
    key: str,
    alt: str,
    on_pick: Callable[[int], None],
    formats: Mapping[str, str] | None = None,
    helps: Mapping[str, str] | None = None,
    height: int = 300,
) -> None:
    """Shows a table, `height` pixels at most; `on_pick` runs before the page does and gets the place of a row.

    `formats` and `helps`: how the numbers of a column are written, and what its head says of it, by its name.
    """

    def picked() -> None:
        place = st.session_state[key].get("picked")
        if place is not None and 0 <= int(place) < len(table):
            on_pick(int(place))

    written = {name: _written(table[name], (formats or {}).get(name, "")) for name in table}
    columns = [
        {"title": name, "help": (helps or {}).get(name, ""), "number": _is_number(table[name])} for name in table
    ]
    texts = [list(texts) for texts in zip(*written.values(), strict=True)]
    data = {"columns": columns, "rows": texts, "alt": alt, "height": height}
    _rows(key=key, data=in_order(key, data), on_picked_change=picked)


def _is_number(column: pd.Series) -> bool:
    return is_numeric_dtype(column) and not is_bool_dtype(column)


def _written(column: pd.Series, how: str) -> list[str]:
    if is_bool_dtype(column):
        return [MARKS[bool(value)] for value in column]
    return [format(value, how) for value in column]
