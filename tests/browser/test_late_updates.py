"""An update that a browser hands over late does not undo a newer one."""

import pytest

from pages.ui import gallery, scatter
from pages.ui.in_order import COMES_LATE
from pages.ui.palette import HUES, MISSING_HUE, SCALE

UPDATE = """
async ([script, updates]) => {
  const parent = document.body.appendChild(document.createElement('div'));
  const component = await import(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
  for (const data of updates) component.default({ data, parentElement: parent, setTriggerValue: () => {} });
}
"""
SHOWN = ("first", 1, "A"), ("second", 2, "A"), ("late", 1, "A"), ("restarted", 1, "B")  # words, turn, session


def update_of_a_plot(words):
    colour = {"title": "Images", "names": [], "low": 0, "high": 1, "missing": 0}
    colour |= {"hues": HUES, "scale": SCALE, "missing_colour": MISSING_HUE}
    data = {"points": None, "codes": None, "shown": None, "rows": None, "view": "", "alt": words, "height": 100}
    return data | {"colour": colour, "spans": [1, 1], "things": "images", "total": 0, "line": []}


def update_of_a_gallery(words):
    card = {"id": "1", "address": "data:,", "title": words, "note": "", "alt": words, "answer": "", "outcome": ""}
    return {"cards": [card], "picked": None, "cell": 90, "aspect": 1, "full": 1}


@pytest.mark.parametrize(
    ("script", "update", "seen"),
    [
        (scatter.JS, update_of_a_plot, "document.querySelector('canvas').getAttribute('aria-label')"),
        (COMES_LATE + gallery.JS, update_of_a_gallery, "document.querySelector('.title').textContent"),
    ],
    ids=["plot", "gallery"],
)
@pytest.mark.parametrize(("count", "expected"), [(1, "first"), (2, "second"), (3, "second"), (4, "restarted")])
def test_the_newest_update_stays(page, script, update, seen, count, expected):
    updates = [{**update(words), "turn": turn, "session": session} for words, turn, session in SHOWN[:count]]
    page.evaluate(UPDATE, [script, updates])
    assert page.evaluate(seen) == expected
