"""A report on what a page shows: made by a job, downloaded as one HTML file or with all tables."""

import zipfile
from pathlib import Path

import streamlit as st

from pages.ui import cached, work
from qscore_core.jobs import newest_job

VERB = "report"
FILE = "report.html"
WORDS = """One HTML file that opens anywhere without a network, with numbers, plots, pictures, settings and digests;
the archive holds it with every table as CSV and Parquet."""


def report_panel(arguments: list[str], title: str, digests: list[str]) -> None:
    """`arguments` of the verb `report`; `digests` of the representations that it must have been made from."""
    with st.expander("Report to keep or to send", icon=":material/description:"):
        st.caption(WORDS)
        job = newest_job(VERB, arguments, cached.workspace())
        if job is not None and job.state == "done" and _fits(job.result, digests):
            _downloads(Path(job.result["file"]))
        else:
            work.panel(VERB, arguments, begin=False, label="Make the report", title=title)


def _fits(result: dict, digests: list[str]) -> bool:
    """Whether the file is there and of these representations."""
    return result.get("representations") == digests and Path(result["file"]).is_file()


def _downloads(packed: Path) -> None:
    page, archive = st.columns(2)
    look = {"icon": ":material/download:", "width": "stretch"}
    page.download_button("Report, HTML", lambda: _page(packed), FILE, "text/html", **look)
    archive.download_button("Report and tables, ZIP", packed.read_bytes, "qscore-report.zip", "application/zip", **look)


def _page(packed: Path) -> bytes:
    with zipfile.ZipFile(packed) as archive:
        return archive.read(FILE)
