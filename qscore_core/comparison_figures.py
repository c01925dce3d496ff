"""A comparison in Plotly figures; no arithmetic beyond layout."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from qscore_core.comparison import ALL, OUTCOME_QUADRANTS, Thresholds
from qscore_core.figures import ACCENT, CORRECT, MUTED, WRONG, blank_figure

BOTH = "#7b2d8b"
OUTCOME_COLOURS = dict(zip(OUTCOME_QUADRANTS, (MUTED, WRONG, CORRECT, BOTH), strict=True))
OUTCOME_SYMBOLS = dict(zip(OUTCOME_QUADRANTS, ("circle", "triangle-up", "square", "x"), strict=True))
MOST_CLASSES = 30
MOST_POINTS = 20_000  # a figure in a report draws no more; the page's own scatter draws all


def class_intervals(table: pd.DataFrame, first: str, second: str, what: str, *, percent: bool) -> go.Figure:
    """A's mean minus B's in each class with its interval, largest difference on top; at most 30 classes."""
    shown = table.head(MOST_CLASSES + 1)[::-1]
    scale = 100 if percent else 1
    tells = (shown["low"] > 0) | (shown["high"] < 0)
    figure = blank_figure(24 * len(shown) + 110)
    for name, part, colour in (("0 lies outside", tells, ACCENT), ("0 lies inside", ~tells, MUTED)):
        rows = shown[part]
        figure.add_scatter(
            x=scale * rows["difference"],
            y=rows["class"],
            mode="markers",
            name=f"the interval leaves 0 out ({part.sum()})" if name == "0 lies outside" else "it holds 0",
            marker={"color": colour, "size": 9, "symbol": "diamond" if name == "0 lies outside" else "circle"},
            error_x={
                "array": scale * (rows["high"] - rows["difference"]),
                "arrayminus": scale * (rows["difference"] - rows["low"]),
                "color": colour,
            },
            customdata=np.stack([rows["images"], scale * rows["first"], scale * rows["second"]], axis=-1),
            hovertemplate="%{y}, %{customdata[0]:,.0f} images<br>A %{customdata[1]:.3g}, B %{customdata[2]:.3g}, "
            "difference %{x:.3g}<extra></extra>",
        )
    figure.add_vline(x=0, line_dash="dot", line_color=MUTED)
    unit = ", points" if percent else ""
    figure.update_xaxes(title=f"{what} of {first} minus {second}{unit}")
    figure.update_yaxes(
        type="category", categoryorder="array", categoryarray=list(shown["class"]), ticklabelstandoff=6, automargin=True
    )
    if ALL in set(shown["class"]):
        figure.add_hline(y=len(shown) - 1.5, line_color=MUTED, line_width=0.5)
    return figure


def similarity_matrix(refs: Sequence[str], values: np.ndarray, what: str) -> go.Figure:
    """A symmetric matrix [encoder, encoder] of numbers up to 1, written into its cells."""
    figure = blank_figure(64 * len(refs) + 120)
    figure.add_heatmap(
        z=values,
        x=list(refs),
        y=list(refs),
        zmin=0,
        zmax=1,
        colorscale=[[0, "rgba(42, 157, 143, 0.04)"], [1, ACCENT]],
        text=[["–" if np.isnan(value) else f"{value:.2f}" for value in row] for row in values],
        texttemplate="%{text}",
        hovertemplate="%{y}, %{x}: %{text}<extra></extra>",
        colorbar={"title": what, "thickness": 12},
    )
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_xaxes(automargin=True)
    return figure


def q_scatter(
    a: np.ndarray, b: np.ndarray, outcomes: np.ndarray | None, at: Thresholds, names: tuple[str, str]
) -> go.Figure:
    """Q of A against Q of B, one point an image, by outcome where known; thresholds as lines."""
    figure = blank_figure(460)
    step = -(-len(a) // MOST_POINTS)
    kinds = np.full(len(a), "images", dtype=object) if outcomes is None else outcomes
    for kind in OUTCOME_QUADRANTS if outcomes is not None else ("images",):
        part = np.flatnonzero(kinds == kind)[::step]
        figure.add_scatter(
            x=a[part],
            y=b[part],
            mode="markers",
            name=f"{kind} ({int((kinds == kind).sum()):,})",
            marker={
                "size": 6,
                "opacity": 0.7,
                "color": OUTCOME_COLOURS.get(kind, ACCENT),
                "symbol": OUTCOME_SYMBOLS.get(kind, "circle"),
            },
            hovertemplate="A %{x:.3f}, B %{y:.3f}<extra></extra>",
        )
    figure.add_vline(x=at.first, line_dash="dash", line_color=MUTED)
    figure.add_hline(y=at.second, line_dash="dash", line_color=MUTED)
    figure.update_xaxes(title=f"Q of {names[0]}")
    figure.update_yaxes(title=f"Q of {names[1]}")
    return figure
