"""Values of training runs in, Plotly figures out; colours and layout as in `figures`."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from qscore_core.encoder_report import Histogram
from qscore_core.figures import ACCENT, CORRECT, MUTED, WRONG, blank_figure

COLOURS = (CORRECT, ACCENT, WRONG, "#9d7cd8", "#c58a00", "#d16d9e")
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "x", "star")
DASHES = ("solid", "dash", "dot", "dashdot")
HEIGHT = 260
MARKERS = 8  # on a line, so that its dash shows between them

Lines = Mapping[str, pd.Series]


def by_epoch(lines: Lines, title: str, *, percent: bool = False) -> go.Figure:
    """One line a run; each series holds its values by epoch."""
    figure = _epoch_axes(title)
    if percent:
        figure.update_yaxes(tickformat="~%", rangemode="tozero")
    for place, (name, values) in enumerate(lines.items()):
        _line(figure, name, values, values, place, 0)
    return figure


def by_epoch_and_term(lines: Mapping[str, Lines], title: str) -> go.Figure:
    """Sizes on a log axis, one colour a run and one dash a term, named `run: term`."""
    figure = _epoch_axes(title)
    figure.update_yaxes(type="log", exponentformat="power")
    terms = list(dict.fromkeys(term for of_run in lines.values() for term in of_run))
    for place, (run, of_run) in enumerate(lines.items()):
        for term, values in of_run.items():
            sizes = values.abs()
            shown = sizes.where(sizes > 0)  # a size of 0 has no place on a log axis
            _line(figure, f"{run}: {term}", values, shown, place, terms.index(term))
    return figure


def _epoch_axes(title: str) -> go.Figure:
    figure = blank_figure(HEIGHT)
    figure.update_xaxes(title="epoch", rangemode="tozero")
    figure.update_yaxes(title=title)
    return figure


def _line(figure: go.Figure, name: str, values: pd.Series, shown: pd.Series, place: int, dash: int) -> None:
    """Draws `shown`; hovering says `values`."""
    figure.add_scatter(
        x=values.index.to_numpy(),
        y=shown.to_numpy(),
        customdata=values.to_numpy(),
        name=name,
        mode="lines+markers",
        # The first run is drawn broad and pale, so that it shows under others that lie on it.
        line={"color": COLOURS[place % len(COLOURS)], "dash": DASHES[dash % len(DASHES)], "width": 2 if place else 6},
        marker={"symbol": SYMBOLS[place % len(SYMBOLS)], "size": 7 if place else 10, "maxdisplayed": MARKERS},
        opacity=1 if place else 0.6,
        hovertemplate=f"{name}, epoch %{{x}}: %{{customdata:.4g}}<extra></extra>",
        showlegend=True,
    )


def q_histograms(histograms: Mapping[str, Histogram], images: int, before: Sequence[str]) -> go.Figure:
    """Distributions of Q above 0 over each other, in % of all `images`; names in `before` are filled."""
    figure = blank_figure(HEIGHT + 60)
    top = max(histogram.top for histogram in histograms.values())
    place = 0
    for name, histogram in histograms.items():
        counts = np.array(histogram.widened(top).counts)
        edges = np.linspace(0, top, len(counts) + 1)
        filled = name in before
        figure.add_scatter(
            x=edges,
            y=100 * np.append(counts, 0) / images,
            name=f"{name} ({1 - counts.sum() / images:.0%} at 0)",
            mode="lines",
            line={"shape": "hv", "width": 2, "color": MUTED if filled else COLOURS[place % len(COLOURS)]},
            fill="tozeroy" if filled else None,
            hovertemplate=f"{name}: %{{y:.1f}} % of the images from Q %{{x:.3f}} on<extra></extra>",
        )
        place += not filled
    figure.update_xaxes(title="Q-Score, images above 0", range=[0, _used_top(histograms, top)])
    figure.update_yaxes(title="% of the images", rangemode="tozero")
    return figure


def _used_top(histograms: Mapping[str, Histogram], top: float) -> float:
    """Where the last bin with an image ends."""
    wide = [np.array(histogram.widened(top).counts) for histogram in histograms.values()]
    used = max((int(np.flatnonzero(counts)[-1]) + 1 for counts in wide if counts.any()), default=len(wide[0]))
    return top * used / len(wide[0])
