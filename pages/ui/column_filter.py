"""Filters on any columns of the table of images: categories to keep, or a range of numbers; in the address."""

import pandas as pd
import streamlit as st

from pages.ui import address
from pages.ui.arrival import later
from pages.ui.filter_state import COLUMNS
from pages.ui.image_map import colour_columns
from qscore_core.scatter import FEW_NUMBERS

VALUES, RANGE = "in.", "from."  # before the name of a column
MOST_CHOICES = 200


Place = st.delta_generator.DeltaGenerator


def kept(table: pd.DataFrame, choice: Place, filters: Place) -> pd.DataFrame:
    """The rows that fit all filters; which columns they are on is asked at `choice`, what to keep in `filters`."""
    titles = colour_columns(table)
    _adopt(list(titles))
    how = {"format_func": titles.get, "placeholder": "any column"}
    chosen = later(choice.multiselect, "Also filter by", list(titles), key=COLUMNS, **how)
    address.publish({COLUMNS: chosen})
    keep = pd.Series(True, index=table.index)
    with filters:
        for column in chosen if len(table) else ():
            keep &= _fits(table, column, titles[column])
    return table[keep]


def _adopt(columns: list[str]) -> None:
    """Columns from the address or from before, with their values; what this data does not have is dropped."""
    address.adopt({COLUMNS: address.listing})
    st.session_state[COLUMNS] = [name for name in st.session_state.get(COLUMNS, []) if name in columns]
    for column in st.session_state[COLUMNS]:
        address.adopt({VALUES + column: lambda text: text.split("|"), RANGE + column: _range})


def _fits(table: pd.DataFrame, column: str, title: str) -> pd.Series:
    numbers = pd.api.types.is_numeric_dtype(table[column]) and not pd.api.types.is_bool_dtype(table[column])
    many = numbers and table[column].nunique() > FEW_NUMBERS
    return (_within if many else _among)(table, column, title)


def _within(table: pd.DataFrame, column: str, title: str) -> pd.Series:
    key, low, high = RANGE + column, float(table[column].min()), float(table[column].max())
    everything = pd.Series(True, index=table.index)
    if low == high:
        return everything
    wanted = st.session_state.get(key) or (low, high)
    st.session_state[key] = (min(max(wanted[0], low), high), max(min(wanted[1], high), low))
    first, last = later(st.slider, title, low, high, key=key, width=260)
    whole = (first, last) == (low, high)
    address.publish({key: None if whole else (first, last)})
    return everything if whole else table[column].between(first, last)


def _among(table: pd.DataFrame, column: str, title: str) -> pd.Series:
    key, texts = VALUES + column, table[column].astype(str)
    options = texts.value_counts().index[:MOST_CHOICES].tolist()
    st.session_state[key] = [value for value in st.session_state.get(key, []) if value in options]
    chosen = later(st.multiselect, title, options, key=key, placeholder="all", width=260)
    address.publish({key: "|".join(chosen)})
    return texts.isin(chosen) if chosen else pd.Series(True, index=table.index)


def _range(text: str) -> tuple[float, float]:
    low, high = sorted(float(part) for part in text.split(",", 1))
    return low, high
