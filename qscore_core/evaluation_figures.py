"""Figures of a judgement: signals side by side, risk against coverage, the surface over Q's settings."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from qscore_core.figures import ACCENT, CORRECT, MUTED, WRONG, blank_figure

FAMILY_COLOURS = {"Q-Score": WRONG, "label-free": ACCENT, "uses labels": MUTED}
LINES = ((WRONG, "solid"), (ACCENT, "dash"), (CORRECT, "dot"), (MUTED, "dashdot"))
FADED = "rgba(231, 111, 81, 0.15)"


def signals_side_by_side(table: pd.DataFrame) -> go.Figure:
    """AUROC of each signal with its interval, best on top; `table` as `judging.signal_table` makes it."""
    ordered = table[::-1]
    figure = blank_figure(24 * len(ordered) + 110)
    kinds = ordered["signal"].map(_kind)
    for kind, colour in FAMILY_COLOURS.items():
        part = ordered[kinds == kind]
        figure.add_scatter(
            x=part["auroc"],
            y=part["signal"],
            mode="markers",
            name=kind,
            marker={"color": colour, "size": 9, "symbol": "diamond" if kind == "Q-Score" else "circle"},
            error_x={
                "array": part["auroc_high"] - part["auroc"],
                "arrayminus": part["auroc"] - part["auroc_low"],
                "color": MUTED,
                "thickness": 1.2,
            },
            hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        )
    figure.add_vline(x=0.5, line_dash="dot", line_color=MUTED)
    figure.update_yaxes(categoryorder="array", categoryarray=list(ordered["signal"]), dtick=1, automargin=True)
    figure.update_xaxes(title="AUROC (0.5 is chance)")
    return figure


def _kind(name: str) -> str:
    if name.endswith("(uses labels)"):
        return "uses labels"
    return "Q-Score" if name == "Q-Score" else "label-free"


def risk_against_coverage(curves: Mapping[str, Mapping[str, Any]]) -> go.Figure:
    """Share of mistakes among the images with the highest scores, by name; the first with its interval."""
    figure = blank_figure(360)
    for place, (name, curve) in enumerate(curves.items()):
        colour, dash = LINES[place % len(LINES)]
        x = [100 * at for at in curve["coverage"]]
        if place == 0:
            figure.add_scatter(x=x, y=curve["high"], mode="lines", line_width=0, hoverinfo="skip", showlegend=False)
            band = {"mode": "lines", "line_width": 0, "fill": "tonexty", "fillcolor": FADED}
            figure.add_scatter(x=x, y=curve["low"], **band, hoverinfo="skip", name=f"{name}, 95 % interval")
        line = {"color": colour, "dash": dash, "width": 2.5}
        figure.add_scatter(x=x, y=curve["risk"], mode="lines", name=name, line=line)
    chance = next(iter(curves.values()))["chance"]
    figure.add_hline(y=chance, line_dash="dot", line_color=MUTED, annotation_text="all images")
    figure.update_xaxes(title="% of the images answered, highest scores first", range=[0, 101])
    figure.update_yaxes(title="mis-classified among them", tickformat=".0%", rangemode="tozero")
    return figure


def settings_surface(surface: Mapping[str, Any], epsilon: float, lower: float) -> go.Figure:
    """AUROC of Q at every epsilon and lower percentile; a cross marks the settings in use, a diamond the highest."""
    figure = blank_figure(380)
    figure.add_heatmap(
        x=surface["lowers"],
        y=surface["epsilons"],
        z=surface["auroc"],
        customdata=surface["empty"],
        colorscale="Viridis",
        colorbar={"title": "AUROC"},
        hovertemplate="ε %{y}, lower percentile %{x:.0f}<br>AUROC %{z:.3f}, %{customdata:.0%} of the images without Q"
        "<extra></extra>",
    )
    _, best_epsilon, best_lower = surface["best"]
    for name, x, y, symbol in (("in use", lower, epsilon, "x"), ("highest", best_lower, best_epsilon, "diamond")):
        marker = {"symbol": symbol, "size": 14, "color": "white", "line": {"color": "black", "width": 1.5}}
        figure.add_scatter(x=[x], y=[y], mode="markers", name=name, marker=marker, hoverinfo="skip")
    figure.update_xaxes(title=f"lower percentile of A (upper: {surface['upper']:g})", showgrid=False)
    figure.update_yaxes(title="epsilon", showgrid=False)
    return figure
