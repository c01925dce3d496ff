"""A document as one HTML file that needs no network, with its tables beside it as CSV and Parquet."""

import io
import zipfile
from collections.abc import Iterator
from functools import partial
from itertools import count
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from qscore_core.errors import SettingsError
from qscore_core.html_report.document import Document
from qscore_core.workspace import write_atomic, writing

REPORT = "report.html"
BARE = {"paper_bgcolor": "rgba(0,0,0,0)", "plot_bgcolor": "rgba(0,0,0,0)"}
MODES = {"displaylogo": False, "responsive": True, "modeBarButtonsToRemove": ["select2d", "lasso2d"]}


def html_of(document: Document) -> str:
    """Plotly stands in it once; pictures are data addresses. What people named is escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    template = environment.get_template("template.html")
    return template.render(document=document, plotly=Markup(get_plotlyjs()), drawn=partial(_drawn, count(1)))


def _drawn(numbers: Iterator[int], figure: go.Figure) -> Markup:
    """Numbered and not named at random, so that the same document gives the same bytes."""
    plain = go.Figure(figure).update_layout(template="none", **BARE)
    return Markup(plain.to_html(full_html=False, include_plotlyjs=False, config=MODES, div_id=f"plot{next(numbers)}"))


def files_of(document: Document) -> Iterator[tuple[str, bytes]]:
    """The report, then every table twice, by name."""
    yield REPORT, html_of(document).encode()
    for name, table in document.tables.items():
        yield f"tables/{name}.csv", table.to_csv(index=False).encode()
        yield f"tables/{name}.parquet", _parquet(table)


def _parquet(table: pd.DataFrame) -> bytes:
    held = io.BytesIO()
    table.to_parquet(held, index=False)
    return held.getvalue()


def require_report_name(out: Path) -> None:
    """Refuses a result file of another kind before the work instead of after it."""
    if out.suffix not in ("", ".html", ".zip"):
        raise SettingsError(f"`out` should be a folder or end in .html or .zip. Found `{out}`.")


def write_document(document: Document, out: Path) -> Path:
    """A folder with everything, `.zip`: the same packed, `.html`: the report alone; returns the file to open."""
    require_report_name(out)
    if out.suffix == ".html":
        _write(out, html_of(document).encode())
        return out
    if out.suffix == ".zip":
        _write(out, _packed(document))
        return out
    for name, content in files_of(document):
        _write(out / name, content)
    return out / REPORT


def _packed(document: Document) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files_of(document):
            archive.writestr(name, content)
    return held.getvalue()


def _write(path: Path, content: bytes) -> None:
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, content)
