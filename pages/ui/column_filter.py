"""Filters on any column of the table of images: categories to keep, or a range of numbers; in the address."""

import pandas as pd
import streamlit as st

from pages.ui import address
from pages.ui.image_map import colour_columns
from qscore_core.scatter import FEW_NUMBERS

COLUMN, VALUES, RANGE = "where", "where_in", "where_from"
MOST_CHOICES = 200
ANY = ""


def kept(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that fit the filter that is drawn here."""
    columns = colour_columns(table)
    address.adopt({COLUMN: str, VALUES: lambda text: text.split("|"), RANGE: _range})
    if st.session_state.get(COLUMN) not in columns:
        st.session_state[COLUMN] = ANY
    left, right = st.columns([2, 6], vertical_alignment="bottom")
    with left:
        names = {ANY: "no other filter", **columns}
        options = list(names)
        column = st.selectbox("Also filter by", options, format_func=names.get, key=COLUMN, persist_state="session")
    address.publish({COLUMN: column})
    if column == ANY or table.empty:
        return table
    with right:
        numbers = pd.api.types.is_numeric_dtype(table[column]) and not pd.api.types.is_bool_dtype(table[column])
        many = numbers and table[column].nunique() > FEW_NUMBERS
        return _within(table, column) if many else _among(table, column)


def _within(table: pd.DataFrame, column: str) -> pd.DataFrame:
    low, high = float(table[column].min()), float(table[column].max())
    wanted = st.session_state.get(RANGE) or (low, high)
    st.session_state[RANGE] = (min(max(wanted[0], low), high), max(min(wanted[1], high), low))
    first, last = st.slider("From, to", low, high, key=RANGE)
    whole = (first, last) == (low, high)
    address.publish({RANGE: None if whole else (first, last)})
    return table if whole else table[table[column].between(first, last)]


def _among(table: pd.DataFrame, column: str) -> pd.DataFrame:
    texts = table[column].astype(str)
    options = texts.value_counts().index[:MOST_CHOICES].tolist()
    st.session_state[VALUES] = [value for value in st.session_state.get(VALUES, []) if value in options]
    chosen = st.multiselect("Keep", options, key=VALUES, placeholder="all")
    address.publish({VALUES: "|".join(chosen)})
    return table[texts.isin(chosen)] if chosen else table


def _range(text: str) -> tuple[float, float]:
    low, high = sorted(float(part) for part in text.split(",", 1))
    return low, high
