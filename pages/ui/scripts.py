"""Scripts and styles out of memory, Streamlit's and Plotly's: a page asks for a hundred before it shows anything.

Streamlit opens each file anew and passes it through all its layers, 2 ms of the processor apiece. Their names hold a
digest of the content, so that what was read once stays right.
"""

from functools import cache
from pathlib import Path

import plotly
import streamlit as st
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

FOLDER = Path(st.__file__).parent / "static" / "static"
KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".woff2": "font/woff2"}
PLOTLY = f"/static/plotly-{plotly.__version__}.js"  # where the browser finds the script of Plotly
HEADERS = {"Cache-Control": "public, immutable, max-age=31536000"}


@cache
def _known() -> dict[str, Path]:
    """Files by address: nothing else can be asked for."""
    files = [file for file in FOLDER.rglob("*") if file.suffix in KINDS]
    addresses = {f"/static/{file.relative_to(FOLDER).as_posix()}": file for file in files}
    return {**addresses, PLOTLY: Path(plotly.__file__).parent / "package_data" / "plotly.min.js"}


@cache
def _answer(address: str) -> Response:
    file = _known()[address]
    return Response(file.read_bytes(), media_type=KINDS[file.suffix], headers=HEADERS)


class FromMemory:
    """Answers for these files itself and leaves all else to the app that it stands before."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        known = scope["type"] == "http" and scope["method"] == "GET" and scope["path"] in _known()
        await (_answer(scope["path"]) if known else self.app)(scope, receive, send)
