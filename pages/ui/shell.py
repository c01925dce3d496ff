"""The HTML in which every page runs: Streamlit's own, with a few words ahead of its scripts.

Streamlit makes one step of the browser's history of a page change and another of the address that the page then writes,
so that going back would lead to a half. Here what follows without a hand having moved belongs to the step before. And
it is told where its server is, which it would else look for below every page first (two answers of 404 a load).
"""

from functools import cache
from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from pages.ui.menu import PAGES

INDEX = Path(st.__file__).parent / "static" / "index.html"
SCRIPT = """<script>
window.__streamlit = { BACKEND_BASE_URL: window.location.origin + '/',
  HOST_CONFIG: { allowedOrigins: [window.location.origin], useExternalAuthToken: false } };
(() => {
  let acted = false;
  for (const kind of ['pointerdown', 'keydown']) window.addEventListener(kind, () => { acted = true; }, true);
  const push = history.pushState.bind(history);
  history.pushState = (...step) => {
    if (acted) push(...step);
    else history.replaceState(...step);
    acted = false;
  };
})();
</script>"""
# The key of a container whose columns stand below each other where there is no room for both; where there is, the last
# one stays in view beside what is scrolled, so that a click far down shows its answer.
STACKS = "stacks"
FOCUS = "#2f9488"  # around a table that Tab reaches, which shows nothing of it by itself; seen in both themes
INK = "#14171c"  # on the dark theme's bright primary colour, where Streamlit would write in white
STYLE = f"""<style>
[data-testid=stSidebarHeader] {{ height: 2.75rem !important; margin-bottom: 0 !important; }}
[data-testid=stMainBlockContainer] {{ padding-top: 3.25rem !important; }}
[data-testid=stMain] [data-testid=stPageLink-NavLink] * {{ white-space: normal; }}
[data-testid=stMain] [data-testid=stPageLink-NavLink] {{
  border: 1px solid rgb(128 128 128 / 35%);
}}
[data-testid=stBaseButton-primary], [data-tag] {{ color: light-dark(#fff, {INK}) !important; }}
@media (min-width: 1001px) {{
  .st-key-{STACKS} > div > [data-testid=stHorizontalBlock] > [data-testid=stColumn]:last-child,
  .st-key-{STACKS} > [data-testid=stHorizontalBlock] > [data-testid=stColumn]:last-child {{
    position: sticky; top: 4rem; align-self: flex-start; max-height: calc(100vh - 5rem); overflow-y: auto;
  }}
}}
[class*=st-key-arriving_] {{
  background: repeating-linear-gradient(
    transparent 0 1.75rem, rgb(128 128 128 / 14%) 1.75rem 4.25rem, transparent 4.25rem 5.25rem);
}}
[data-testid=stDataFrame]:has(canvas:focus-visible) {{ outline: 2px solid {FOCUS}; }}
@media (max-width: 1000px) {{
  .st-key-arriving_filters, :has(> .st-key-arriving_filters) {{ height: 415px !important; }}
  [data-testid=stMain] [data-testid=stColumn] {{ min-width: 13rem; }}
  .st-key-{STACKS} > div > [data-testid=stHorizontalBlock] > [data-testid=stColumn],
  .st-key-{STACKS} > [data-testid=stHorizontalBlock] > [data-testid=stColumn] {{ min-width: 100%; }}
}}
</style>"""
# The browser itself sees to it that nothing is asked of another host, whatever a name or a file says.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: data: blob:; worker-src 'self' blob:"
)
HEADERS = {"Cache-Control": "no-cache", "Content-Security-Policy": POLICY}


@cache
def _html() -> str:
    page = INDEX.read_text().replace("<title>Streamlit</title>", "<title>Q-Score Lab</title>")
    return page.replace("<head>", f"<head>{SCRIPT}{STYLE}", 1)


async def serve_shell(_: Request) -> HTMLResponse:
    return HTMLResponse(_html(), headers=HEADERS)


ROUTES = [Route(f"/{entry.path}", serve_shell) for entry in PAGES]
