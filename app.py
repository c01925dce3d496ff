"""Q-Score Lab: the server. `streamlit run app.py`, or `python -m qscore_core serve`."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from pages.ui.map_pictures import serve_map
from pages.ui.pictures import serve_picture
from pages.ui.points import serve_points
from pages.ui.scripts import FromMemory
from pages.ui.shell import ROUTES as SHELL
from pages.ui.warm import warmed_up

ROUTER = Path(__file__).parent / "pages" / "ui" / "router.py"

ROUTES = [
    Route("/picture/{digest}/{row:int}.jpg", serve_picture),
    Route("/map/{name}.jpg", serve_map),
    Route("/points/{digest}.bin", serve_points),
    *SHELL,
]

app = st.App(ROUTER, routes=ROUTES, middleware=[Middleware(FromMemory)], lifespan=warmed_up)
