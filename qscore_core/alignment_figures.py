"""Alignments as Plotly figures: overlaps with their intervals and chance, and how they change with the thresholds."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from qscore_core.alignment import KINDS, Overlap
from qscore_core.figures import ACCENT, CORRECT, MUTED, WRONG, blank_figure

COLOURS = dict(zip(KINDS, (ACCENT, WRONG), strict=True))
CHANCE = {"color": MUTED, "symbol": "diamond", "size": 9, "line": {"color": "white", "width": 1.5}}
OUTCOME_COLOURS = {"correct": CORRECT, "mis-classified": WRONG}


def overlap_bars(groups: Mapping[str, Mapping[str, Overlap]], title: str) -> go.Figure:
    """A pair of bars a group, core and spurious, with intervals; a diamond marks chance."""
    figure = blank_figure(360)
    for kind in KINDS:
        found = [of[kind] for of in groups.values()]
        figure.add_bar(name=kind, offsetgroup=kind, **_bars(list(groups), found, COLOURS[kind]))
        figure.add_trace(_chance(list(groups), found, kind, legend=kind == KINDS[0]))
    figure.update_layout(barmode="group", scattermode="group", bargap=0.3)
    figure.update_yaxes(title=title, rangemode="tozero")
    return figure


def encoder_bars(encoders: Mapping[str, Mapping[str, Mapping[str, Overlap]]], title: str) -> go.Figure:
    """Figures 5 and 6 of the paper: a panel a kind of mask, in it a group of bars an encoder, a bar an outcome.

    `encoders` holds for each encoder and outcome the overlap by kind; a diamond marks chance.
    """
    figure = make_subplots(cols=len(KINDS), subplot_titles=[f"{kind} masks" for kind in KINDS], shared_yaxes=True)
    for column, kind in enumerate(KINDS, 1):
        for outcome, colour in OUTCOME_COLOURS.items():
            found = [groups[outcome][kind] for groups in encoders.values()]
            how = {"name": outcome, "legendgroup": outcome, "offsetgroup": outcome, "showlegend": column == 1}
            figure.add_trace(go.Bar(**_bars(list(encoders), found, colour), **how), 1, column)
            figure.add_trace(
                _chance(list(encoders), found, outcome, legend=column == 1 and outcome == "correct"), 1, column
            )
    figure.update_layout(blank_figure(380).layout)
    figure.update_layout(barmode="group", scattermode="group", bargap=0.3, margin_t=60, legend_y=1.12)
    figure.update_yaxes(rangemode="tozero")
    figure.update_yaxes(title=title, col=1)
    return figure


def _chance(names: list[str], found: list[Overlap], beside: str, legend: bool) -> go.Scatter:
    """What a map gets that is equally hot everywhere, on the bars of the offset group `beside`."""
    return go.Scatter(
        x=names,
        y=[one.chance for one in found],
        name="chance",
        mode="markers",
        marker=CHANCE,
        hoverinfo="skip",
        offsetgroup=beside,
        legendgroup="chance",
        showlegend=legend,
    )


def _bars(names: list[str], found: list[Overlap], colour: str) -> dict[str, Any]:
    """Bars with their intervals; hovering tells chance and control."""
    return {
        "x": names,
        "y": [one.mean for one in found],
        "marker_color": colour,
        "error_y": {
            "array": [one.ci[1] - one.mean for one in found],
            "arrayminus": [one.mean - one.ci[0] for one in found],
            "color": MUTED,
        },
        "customdata": [(one.images, one.chance, one.shuffled) for one in found],
        "hovertemplate": "%{x}, %{fullData.name}: %{y:.3f}<br>%{customdata[0]:,} images, chance %{customdata[1]:.3f}, "
        "other images' masks %{customdata[2]:.3f}<extra></extra>",
    }


def threshold_sweep(sweep: pd.DataFrame, mask: float, chosen: float) -> go.Figure:
    """Mean heat-weighted IoU against the heat threshold, at one mask threshold; the band is the interval."""
    figure = blank_figure(320)
    for kind in KINDS:
        rows = sweep[(sweep["kind"] == kind) & (sweep["mask_threshold"] == mask)]
        x, colour = rows["heat_threshold"], COLOURS[kind]
        figure.add_scatter(x=x, y=rows["high"], mode="lines", line_width=0, showlegend=False, hoverinfo="skip")
        figure.add_scatter(
            x=x, y=rows["low"], mode="lines", line_width=0, fill="tonexty", fillcolor=_faint(colour), showlegend=False,
            hoverinfo="skip",
        )  # fmt: skip
        figure.add_scatter(x=x, y=rows["mean"], mode="lines+markers", name=kind, line_color=colour)
    figure.add_vline(x=chosen, line_dash="dot", line_color=MUTED)
    figure.update_xaxes(title="hot from this share of a map's maximum")
    figure.update_yaxes(title="heat-weighted IoU", rangemode="tozero")
    return figure


def _faint(colour: str) -> str:
    return f"rgba({', '.join(str(int(colour[place : place + 2], 16)) for place in (1, 3, 5))}, 0.15)"
