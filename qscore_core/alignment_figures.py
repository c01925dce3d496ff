"""Alignments as Plotly figures: overlaps with their intervals and chance, and how they change with the thresholds."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from qscore_core.alignment import KINDS, Overlap
from qscore_core.figures import ACCENT, MUTED, WRONG, blank_figure

COLOURS = dict(zip(KINDS, (ACCENT, WRONG), strict=True))


def overlap_bars(groups: Mapping[str, Mapping[str, Overlap]], title: str) -> go.Figure:
    """A pair of bars a group, core and spurious, with intervals; a diamond marks chance."""
    figure = blank_figure(360)
    for kind in KINDS:
        found = [of[kind] for of in groups.values()]
        figure.add_bar(
            x=list(groups),
            y=[one.mean for one in found],
            name=kind,
            marker_color=COLOURS[kind],
            error_y={
                "array": [one.ci[1] - one.mean for one in found],
                "arrayminus": [one.mean - one.ci[0] for one in found],
                "color": MUTED,
            },
            customdata=[(one.images, one.chance, one.shuffled) for one in found],
            hovertemplate="%{x}, %{fullData.name}: %{y:.3f}<br>%{customdata[0]:,} images, chance %{customdata[1]:.3f}, "
            "other images' masks %{customdata[2]:.3f}<extra></extra>",
            offsetgroup=kind,
        )
        figure.add_scatter(
            x=list(groups),
            y=[one.chance for one in found],
            name=f"{kind}, by chance",
            mode="markers",
            marker={"color": COLOURS[kind], "symbol": "diamond-open", "size": 9},
            hoverinfo="skip",
            offsetgroup=kind,
        )
    figure.update_layout(barmode="group", scattermode="group", bargap=0.3)
    figure.update_yaxes(title=title, rangemode="tozero")
    return figure


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
