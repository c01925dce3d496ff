"""Scripts out of memory: the bytes of the files, nothing but those files, and all else left to the app behind."""

import asyncio
from pathlib import Path

import plotly
import pytest
import streamlit

from pages.ui.scripts import PLOTLY, FromMemory

FILES = Path(streamlit.__file__).parent / "static"


def asked(path, method="GET"):
    """What is sent, and which paths the app behind is asked for."""
    sent, passed = [], []

    async def app(scope, *_):
        passed.append(scope["path"])

    async def send(message):
        sent.append(message)

    asyncio.run(FromMemory(app)({"type": "http", "method": method, "path": path, "headers": []}, None, send))
    return sent, passed


@pytest.mark.parametrize("ending", [".js", ".css", ".woff2"])
def test_a_file_of_streamlit_comes_whole_and_for_a_year(ending):
    file = next(FILES.rglob(f"*{ending}"))
    (start, body), passed = asked(f"/{file.relative_to(FILES).as_posix()}")
    headers = dict(start["headers"])
    assert (start["status"], body["body"], passed) == (200, file.read_bytes(), [])
    assert b"max-age=31536000" in headers[b"cache-control"]
    assert int(headers[b"content-length"]) == len(body["body"])


def test_the_script_of_plotly_is_there():
    (start, body), _ = asked(PLOTLY)
    assert start["status"] == 200
    assert body["body"].startswith(b"/**\n* plotly.js v")
    assert plotly.__version__ in PLOTLY


@pytest.mark.parametrize("path", ["/", "/low_q", "/static/../index.html", "/static/js/none.js", "/static/js/"])
def test_all_else_is_left_to_the_app(path):
    assert asked(path) == ([], [path])


def test_so_is_what_is_not_a_get():
    path = f"/{next(FILES.rglob('*.js')).relative_to(FILES).as_posix()}"
    assert asked(path, "POST") == ([], [path])
