"""The catalog of published encoders: look through it, fetch a file, or bring it."""

import pandas as pd
import streamlit as st

from pages.ui import address, cached, work
from qscore_core.encoders.catalog import CatalogEntry, is_at_hand, published_encoders
from qscore_core.errors import QScoreError
from qscore_core.jobs import ensure_job, newest_job

TABLE = "catalog_table"
COLUMNS = {
    "encoder": st.column_config.TextColumn("encoder", width=210),  # so that the last column is seen at 1280 pixels
    "top-1": st.column_config.NumberColumn("top-1 %", help="Linear probe, as published.", format="%.1f"),
    "r": st.column_config.NumberColumn("r", help="Length of a representation."),
    "here": st.column_config.TextColumn("here", help="The file is in the workspace."),
}


def choose() -> str | None:
    """Draws the table; the reference of the chosen row once its file is there."""
    rows = _filtered()
    if not rows:
        st.info("No published encoder has all of these words. Take one away, or choose another method.")
        return None
    name = _choose_row(rows)
    if name is None:
        st.caption(f"{len(rows)} encoders. Choose one: click its row, or pick its name above.")
        return None
    entry = published_encoders().find(name)
    _about(entry)
    if is_at_hand(entry, cached.workspace()):
        return entry.ref
    _bring(entry)
    return None


def _filtered() -> tuple[CatalogEntry, ...]:
    catalog = published_encoders()
    words, method, arch = st.columns([3, 1.3, 1.3], vertical_alignment="bottom")
    text = words.text_input("Search", key="catalog_words", persist_state="session", placeholder="800 epochs imagenet")
    methods = sorted({entry.method for entry in catalog.entries})
    archs = sorted({entry.arch for entry in catalog.entries})
    return catalog.search(
        text,
        method.selectbox("Method", methods, None, key="catalog_method", placeholder="all", persist_state="session"),
        arch.selectbox("Architecture", archs, None, key="catalog_arch", placeholder="all", persist_state="session"),
    )


def _choose_row(rows: tuple[CatalogEntry, ...]) -> str | None:
    names = [entry.name for entry in rows]
    address.adopt({"catalog": address.one_of(*(entry.name for entry in published_encoders().entries))})
    if st.session_state.get("catalog") not in names:
        st.session_state["catalog"] = None
    name = st.selectbox("Encoder", names, key="catalog", placeholder="choose", persist_state="session")
    address.publish({"catalog": name})
    st.dataframe(
        pd.DataFrame([_row(entry) for entry in rows]),
        key=TABLE,
        hide_index=True,
        height=260,
        on_select=lambda: _picked(names),
        selection_mode="single-row",
        column_config=COLUMNS,
    )
    return name


def _picked(names: list[str]) -> None:
    rows = st.session_state[TABLE]["selection"]["rows"]
    if rows and rows[0] < len(names):
        st.session_state["catalog"] = names[rows[0]]


def _row(entry: CatalogEntry) -> dict[str, object]:
    return {
        "encoder": entry.title,
        "method": entry.method,
        "architecture": entry.arch,
        "r": entry.dim,
        "top-1": entry.reported.top1 if entry.reported else None,
        "on": entry.reported.dataset if entry.reported else "",
        "here": "✓" if is_at_hand(entry, cached.workspace()) else "",
        "caveat": entry.caveat,
        "licence": entry.licence,
        "from": entry.codebase,
        "name": entry.name,
    }


def _about(entry: CatalogEntry) -> None:
    accuracy = "no linear accuracy reported"
    if entry.reported:
        accuracy = f"linear top-1 **{entry.reported.top1:g} %** on {entry.reported.dataset} ({entry.reported.source})"
    st.markdown(f"**{entry.title}**, from [{entry.codebase}]({entry.page}): {accuracy}. Licence: {entry.licence}.")
    if entry.caveat:
        st.caption(f":material/info: {entry.caveat}")
    with st.expander("What could not be verified", icon=":material/help:"):
        st.markdown("\n".join(f"- {sentence}" for sentence in entry.unverified))


def _bring(entry: CatalogEntry) -> None:
    """Two ways for the file into the workspace."""
    download, mine = st.columns(2, gap="large")
    with download:
        if entry.address:
            st.write(f"Download it into the workspace from {entry.address}")
            work.panel("fetch", [entry.name], begin=False, label="Download", title=f"Download of {entry.name}")
        else:
            st.info(f"This file cannot be downloaded from here. {entry.bring}", icon=":material/folder:")
    with mine:
        _own_file(entry)


def _own_file(entry: CatalogEntry) -> None:
    path = st.text_input("I already have this file", key=f"own_{entry.name}", placeholder="/data/encoder.pth")
    arguments = [entry.name, "--file", path]
    st.button("Copy it into the workspace", disabled=not path, on_click=_copy, args=(arguments, entry.title))
    if path and newest_job("fetch", arguments, cached.workspace()):
        work.panel("fetch", arguments, begin=False, label="Copy", title=f"Copy of {entry.name}")


def _copy(arguments: list[str], title: str) -> None:
    try:
        cached.allowed_folders().require(arguments[-1])
        ensure_job("fetch", arguments, cached.workspace(), title=f"Copy of {title}")
    except QScoreError as error:
        st.error(str(error), icon=":material/error:")
