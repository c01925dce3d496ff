"""`python -m bench.screenshots --workspace W` takes the pictures of the README from the running app, into docs/.

What a page shows must be in the workspace already: the app is started on it, and a picture is taken once a page has
come to rest. A page whose data are not there is left out and named.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, TimeoutError

from bench.app_browser import WHOLE, chromium
from bench.app_server import server
from qscore_core.verbs.serving import ROOT

WIDTH, PATIENCE_MS = 1400, 120_000


@dataclass(frozen=True)
class Shot:
    """`shows` is a CSS selector that is there once the page is what it should be; `height` in pixels.

    `unfolds`: the title of a part of the page that is opened first.
    """

    name: str
    address: str
    shows: str
    theme: str = "light"
    height: int = 1120
    unfolds: str = ""


SHOTS = (
    Shot("features", "features?feature=453", ".card"),
    Shot("low_q_dark", "low_q", ".card", "dark"),
    Shot("image_dark", "image", ".card", "dark"),
    Shot("compare", "compare?compared=habitats:simclr,habitats:simsiam,habitats:vicreg", ".plane canvas", height=1600),
    Shot("finetune", "finetune", "text=Q-Scores before and after", height=1700),
    Shot("finetune_curves_dark", "finetune", ".js-plotly-plot", "dark", 1700, "Curves of the training"),
)


def take(browser: Browser, server: str, shot: Shot, folder: Path) -> bool:
    """Whether the picture could be taken."""
    context = browser.new_context(viewport={"width": WIDTH, "height": shot.height}, color_scheme=shot.theme)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{server}/{shot.address}")
    try:
        if shot.unfolds:
            page.get_by_text(shot.unfolds).click()
        page.locator(shot.shows).first.wait_for()
        page.locator(WHOLE).wait_for()
        page.wait_for_timeout(2_000)  # pictures and figures are drawn after the script has ended
        page.screenshot(path=folder / f"{shot.name}.png")
    except TimeoutError:
        return False
    finally:
        context.close()
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--only", nargs="+", default=[shot.name for shot in SHOTS])
    arguments = parser.parse_args()
    with server(arguments.workspace) as served, chromium() as browser:
        for shot in SHOTS:
            if shot.name in arguments.only:
                done = take(browser, served.address, shot, ROOT / "docs")
                print(shot.name, "taken" if done else f"left out: {shot.address} never showed {shot.shows}")


if __name__ == "__main__":
    main()
