"""The app in a real Chromium: how long until a page is drawn, and what a hand's move costs in time and bytes."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from playwright.sync_api import Browser, Page, WebSocket, sync_playwright

MOVES = 5
SETTLED = "[data-testid=stApp][data-test-script-state=notRunning]"
# A page comes in two steps (pages/ui/arrival.py); where no room is kept any more, the second one is there.
WHOLE = f"{SETTLED}:not(:has([class*=st-key-arriving]))"
# Notes in each frame whether what is waited for is there: a question from outside waits until a busy page answers.
WATCH = """([selector, words, whole]) => {
  const parts = () => [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')];
  const seen = () => [document, ...parts().map((part) => part.shadowRoot)].some((root) =>
    [...root?.querySelectorAll(selector) ?? []].some((found) => found.textContent.includes(words)));
  const look = () => {
    if (!window.painted && seen()) window.painted = performance.now();
    if (window.painted && document.querySelector(whole)) window.whole = performance.now();
    else requestAnimationFrame(look);
  };
  look();
}"""
# Resolves with the milliseconds from the last touch before a run until it has ended and nothing is left to draw.
ENDED = """() => { const app = document.querySelector('[data-testid=stApp]'), over = new AbortController();
  let touched = performance.now(), ran = false;
  for (const kind of ['pointerdown', 'pointerup', 'keydown']) window.addEventListener(kind,
    (event) => { if (!ran) touched = event.timeStamp; }, { capture: true, signal: over.signal });
  window.ended = new Promise((done) => {
    const watch = new MutationObserver(() => {
      if (app.dataset.testScriptState === 'running') ran = true;
      else if (ran) { watch.disconnect(); over.abort();
        requestAnimationFrame(() => requestIdleCallback(() => done(performance.now() - touched))); } });
    watch.observe(app, { attributes: true, attributeFilter: ['data-test-script-state'] }); }); }"""

Drawn = tuple[str, str]  # what is waited for: a selector, and words in what it selects


@dataclass
class Moves:
    """Of one kind of move: seconds each, those of the server's processor, bytes both ways, the largest message."""

    seconds: list[float] = field(default_factory=list)
    worked: list[float] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    largest: int = 0

    @property
    def median(self) -> float:
        return float(np.median(self.seconds))

    @property
    def late(self) -> float:
        """The 95th percentile."""
        return float(np.percentile(self.seconds, 95))


class Watched:
    """A page whose messages are counted; `worked` tells the processor seconds of the server so far."""

    def __init__(self, page: Page, worked: Callable[[], float]) -> None:
        self.page, self.worked, self.frames = page, worked, []
        page.on("websocket", self._listen)

    def _listen(self, socket: WebSocket) -> None:
        for event in ("framereceived", "framesent"):
            socket.on(event, lambda frame: self.frames.append(len(frame)))

    def open(self, url: str, drawn: Drawn) -> tuple[float, float]:
        """Seconds from the begin of the navigation until `drawn` is there, and until all is; nothing was loaded."""
        self.page.goto(url, wait_until="commit")
        self.page.evaluate(WATCH, [*drawn, WHOLE])
        self.page.wait_for_function("() => window.whole", timeout=300_000)
        painted, whole = self.page.evaluate("() => [window.painted, window.whole]")
        self.settle()
        return painted / 1000, whole / 1000

    def settle(self) -> None:
        self.page.wait_for_selector(SETTLED, timeout=300_000)
        self.page.wait_for_timeout(600)

    def move(self, hand: Callable[[Page, int], None], times: int = MOVES) -> Moves:
        """Makes a move again and again, each time counted from its last touch to the end of the run."""
        found = Moves()
        for number in range(times):
            self.frames.clear()
            before = self.worked()
            self.page.evaluate(ENDED)
            hand(self.page, number)
            found.seconds.append(self.page.evaluate("() => window.ended") / 1000)
            found.worked.append(self.worked() - before)
            self.settle()
            found.sizes.append(sum(self.frames))
            found.largest = max(found.largest, *self.frames)
        return found


@contextmanager
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def lasso(page: Page, number: int) -> None:
    """A box around the middle of the map, each time a little larger."""
    box = page.locator(".plane canvas").bounding_box()
    assert box is not None
    reach = 0.12 + 0.01 * number
    corners = [(0.5 - reach, 0.5 - reach), (0.5 + reach, 0.5 - reach), (0.5 + reach, 0.5 + reach)]
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=5)
    page.mouse.up()


def next_page(page: Page, number: int) -> None:
    """The one before, where there is none after."""
    del number
    arrows = page.get_by_test_id("stPagination").get_by_role("button")
    (arrows.last if arrows.last.is_enabled() else arrows.first).click()


def epsilon(page: Page, number: int) -> None:
    """A step of the slider by key, there and back."""
    thumb = page.get_by_role("slider", name="Highly active above ε").first
    thumb.press("ArrowRight" if number % 2 == 0 else "ArrowLeft")


def next_feature(page: Page, number: int) -> None:
    del number
    page.get_by_role("button", name="Next").first.click()


def heap_of(page: Page) -> float:
    """Bytes that the scripts of a page hold, without what nobody needs any more."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"])
