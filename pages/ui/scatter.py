"""Points on a canvas that can be zoomed, hovered, picked and lassoed; a table beside it is the way by keyboard.

Coordinates, colours and what is shown travel as bytes by address (`points.py`), once; back comes the drawn line alone,
and which points lie inside is answered here (`qscore_core.scatter.inside`).
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from pages.ui.in_order import COMES_LATE, in_order
from pages.ui.palette import HUES, MISSING_HUE, OTHER_HUE, SCALE
from pages.ui.points import offer_bytes
from qscore_core.datasets import Dataset
from qscore_core.scatter import OTHER, Colouring, Points
from qscore_core.scatter.lasso import Line

FOLDER = Path(__file__).parent
JS = COMES_LATE + (FOLDER / "scatter.js").read_text()
_scatter = st.components.v2.component("qscore_scatter", css=(FOLDER / "scatter.css").read_text(), js=JS)


@dataclass(frozen=True)
class Lasso:
    """A drawn line in units of the frame, and the category that was shown alone while it was drawn."""

    line: Line
    only: int | None = None


@dataclass(frozen=True)
class Guides:
    """Lines that part the plane, in the axes' units, and words for upper left, upper right, lower left, lower right."""

    x: Sequence[float] = ()
    y: Sequence[float] = ()
    corners: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class Pictures:
    """Where the picture of a point is: `rows` uint32 [point] counts in the data set."""

    dataset: Dataset
    rows: np.ndarray


@dataclass(frozen=True, eq=False)
class Look:
    """What stands out: `shown` bool [point] (None: all), a drawn line, the picked and the pinned point."""

    shown: np.ndarray | None = None
    line: Line = ()
    picked: int | None = None
    pinned: int | None = None


def scatter(
    points: Points,
    colouring: Colouring,
    *,
    key: str,
    alt: str,
    on_lasso: Callable[[Lasso], None],
    on_pick: Callable[[int], None],
    look: Look | None = None,
    pictures: Pictures | None = None,
    guides: Guides | None = None,
    total: int | None = None,
    things: str = "images",
    height: int = 520,
) -> None:
    """Draws the points; the callbacks run before the page does and get a line or the place of a point.

    Axes without labels are not drawn and have equal units. `total` is how many points there would be, where some were
    left out (else as many as there are).
    """

    def lassoed() -> None:
        found = st.session_state[key].get("lasso")
        if found is not None:
            on_lasso(Lasso([tuple(corner) for corner in found["line"]], found.get("only")))

    def picked() -> None:
        place = st.session_state[key].get("picked")
        if place is not None and 0 <= int(place) < len(points):
            on_pick(int(place))

    data = {
        **_layout(points, guides),
        **_seen(look or Look()),
        **_pictures(pictures),
        "codes": offer_bytes(colouring.codes.tobytes()),
        "colour": _colour(colouring),
        "alt": alt,
        "things": things,
        "total": len(points) if total is None else total,
        "height": height,
    }
    _scatter(key=key, data=in_order(key, data), on_lasso_change=lassoed, on_picked_change=picked)


def _layout(points: Points, guides: Guides | None) -> dict[str, Any]:
    address, labelled = offer_bytes(points.packed()), bool(points.x.label or points.y.label)
    lines = guides or Guides()
    return {
        "points": address,
        "view": address,
        "equal": not labelled,
        "spans": [points.x.high - points.x.low, points.y.high - points.y.low],
        "axes": {"x": asdict(points.x), "y": asdict(points.y)} if labelled else None,
        "guides": {
            "x": [points.x.unit(value) for value in lines.x],
            "y": [points.y.unit(value) for value in lines.y],
            "corners": list(lines.corners),
        },
    }


def _seen(look: Look) -> dict[str, Any]:
    bits = None if look.shown is None else np.packbits(look.shown, bitorder="little").tobytes()
    line = [[float(x), float(y)] for x, y in look.line]
    return {"shown": bits and offer_bytes(bits), "line": line, "picked": look.picked, "pinned": look.pinned}


def _pictures(pictures: Pictures | None) -> dict[str, Any]:
    if pictures is None:
        return {"pictures": None, "rows": None}
    same = np.array_equal(pictures.rows, np.arange(len(pictures.rows)))
    rows = None if same else offer_bytes(np.ascontiguousarray(pictures.rows, "<u4").tobytes())
    return {"pictures": f"/picture/{pictures.dataset.digest}", "rows": rows}


def _colour(colouring: Colouring) -> dict[str, Any]:
    hues = {
        theme: [OTHER_HUE[theme] if name == OTHER else colours[place] for place, name in enumerate(colouring.names)]
        for theme, colours in HUES.items()
    }
    return {
        "title": colouring.title,
        "names": list(colouring.names),
        "counts": list(colouring.counts),
        "low": colouring.low,
        "high": colouring.high,
        "missing": colouring.missing,
        "hues": hues,
        "scale": SCALE,
        "missing_colour": MISSING_HUE,
    }
