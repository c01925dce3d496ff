"""A report on what a page shows: made by a job, downloaded as one HTML file or with all tables."""

import zipfile
from pathlib import Path

import streamlit as st

from pages.ui import cached, selection, work
from qscore_core.jobs import newest_job
from qscore_core.slices import Slice, list_slices

VERB = "report"
FILE = "report.html"
WORDS = """One HTML file that opens anywhere without a network, with numbers, plots, pictures, settings and digests;
the archive holds it with every table as CSV and Parquet."""


def report_panel(arguments: list[str], title: str, digests: list[str], where: tuple[str, str]) -> None:
    """`arguments` of the verb `report`; `digests` of the representations that it must have been made from.

    `where` is the data set and the scored split, whose saved slices can be shown in it.
    """
    with st.expander("Report to keep or to send", icon=":material/description:"):
        st.caption(WORDS)
        slices = _chosen_slices(*where)
        arguments = [*arguments, *(word for one in slices for word in ("--slice", one.name))]
        job = newest_job(VERB, arguments, cached.workspace())
        if job is not None and job.state == "done" and _fits(job.result, digests, slices):
            _downloads(Path(job.result["file"]))
        else:
            work.panel(VERB, arguments, begin=False, label="Make the report", title=title)


def _chosen_slices(dataset: str, split: str) -> list[Slice]:
    """Those to show; the open one is chosen to begin with."""
    known = {one.name: one for one in list_slices(cached.workspace(), dataset, split)}
    if not known:
        return []
    opened = st.session_state.get(selection.NAME)
    chosen = st.multiselect(
        "Saved slices to show in it", list(known), default=[name for name in known if name == opened]
    )
    return [known[name] for name in chosen]


def _fits(result: dict, digests: list[str], slices: list[Slice]) -> bool:
    """Whether the file is there, of these representations, and with these slices as they are now."""
    shown = result.get("slices", []) == [one.digest for one in slices]
    return shown and result.get("representations") == digests and Path(result["file"]).is_file()


def _downloads(packed: Path) -> None:
    page, archive = st.columns(2)
    look = {"icon": ":material/download:", "width": "stretch"}
    page.download_button("Report, HTML", lambda: _page(packed), FILE, "text/html", **look)
    archive.download_button("Report and tables, ZIP", packed.read_bytes, "qscore-report.zip", "application/zip", **look)


def _page(packed: Path) -> bytes:
    with zipfile.ZipFile(packed) as archive:
        return archive.read(FILE)
