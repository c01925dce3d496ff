"""Values in, Plotly figures out; no arithmetic beyond layout.

Colours are chosen to read on a light and on a dark page and apart for colour-blind eyes; meaning never hangs on colour
alone. Text and grid colours are left to the theme of the page.
"""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from qscore_core.activation_index import FLOOR
from qscore_core.compression import CompressionCurve
from qscore_core.evaluation import PrecisionRecallCurve, RocCurve, ScoreBin
from qscore_core.qscore import FeatureSet

ACCENT = "#2a9d8f"
MUTED = "#8d99ae"
CORRECT = "#3a86c8"
WRONG = "#e76f51"
BAND = "rgba(42, 157, 143, 0.16)"
HEIGHT = 320
BIN = 0.25  # of z
HOVER = "z from %{customdata:.2f}: %{y:,} images<extra></extra>"
FEW = 64  # features: so many have a point each on their curve

# `data` and `layout` as Plotly takes them; its check of each value takes twenty times as long as to make them.
FigureTree = dict[str, Any]


def shared_layout(height: int = HEIGHT) -> dict[str, Any]:
    """The layout that all figures share."""
    layout = {"margin": {"l": 56, "r": 16, "t": 16, "b": 48}, "height": height, "hovermode": "closest"}
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.0, "x": 0}
    return {**layout, "legend": legend, "bargap": 0.05}


def blank_figure(height: int = HEIGHT) -> go.Figure:
    return go.Figure(layout=shared_layout(height))


def activation_rates(features: FeatureSet) -> FigureTree:
    """Figure 1 of the paper: A_j, features sorted by rate, the discriminative ones shaded. A point carries its j."""
    order = np.argsort(-features.rates, kind="stable")
    inside, rates = features.discriminative[order], features.rates[order]
    shape = {"type": "rect", "yref": "y domain", "y0": 0, "y1": 1, "fillcolor": BAND, "layer": "below"}
    bands = [{**shape, "line": {"width": 0}, "x0": a + 0.5, "x1": b + 0.5} for a, b in _runs(inside)]
    # A line and not a point each: hundreds of points take a browser as long to draw as all else on a page.
    shared = {
        "type": "scatter",
        "mode": "lines+markers" if len(order) <= FEW else "lines",
        "x": _packed(np.arange(1, len(order) + 1, dtype=np.float32)),
        "customdata": _packed(order.astype(np.int32)),
        "hovertemplate": "feature %{customdata}<br>fires in %{y:.2f} % of the images<extra></extra>",
    }
    lines = [
        {**shared, "y": _packed(np.where(members, rates, np.nan)), "name": name, "line": {"color": colour, "width": 4}}
        for name, members, colour in (("other", ~inside, MUTED), ("discriminative", inside, ACCENT))
    ]
    layout = {
        **shared_layout(340),
        "shapes": bands,
        "xaxis": {"title": {"text": "features, most often firing first"}, "showgrid": False},
        "yaxis": {"title": {"text": "A, % of the images"}, "rangemode": "tozero"},
    }
    return {"data": lines, "layout": layout}


def _packed(values: np.ndarray) -> dict[str, str]:
    """Numbers as Plotly takes them in a third of the text."""
    return {"dtype": f"{values.dtype.kind}{values.dtype.itemsize}", "bdata": b64encode(values.tobytes()).decode()}


def _runs(inside: np.ndarray) -> list[tuple[int, int]]:
    """Stretches of True as (start, stop), start included, stop not."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8)))
    return [(int(start), int(stop)) for start, stop in zip(edges[::2], edges[1::2], strict=True)]


def feature_strength(z: np.ndarray, epsilon: float, images: int) -> FigureTree:
    """Distribution over images of one feature's z above the floor of the index; the firing part stands out."""
    top = max(float(z.max(initial=3.0)), epsilon + 1)
    edges = FLOOR + BIN * np.arange(int(np.ceil((top - FLOOR) / BIN)) + 1)
    words, bars = [], []
    for name, part, colour in (("firing", z[z > epsilon], ACCENT), ("below ε", z[z <= epsilon], MUTED)):
        counts, middles = np.histogram(part, edges)[0], (edges[:-1] + BIN / 2).tolist()
        look = {"name": name, "marker": {"color": colour}, "showlegend": False, "width": 0.95 * BIN}
        hover = {"customdata": edges[:-1].tolist(), "hovertemplate": HOVER}
        bars.append({"type": "bar", "x": middles, "y": counts.tolist(), **look, **hover})
        words.append(f'<span style="color:{colour}">■</span> {name} ({len(part):,})')
    line = {"type": "line", "yref": "y domain", "y0": 0, "y1": 1, "x0": epsilon, "x1": epsilon}
    # Words of the axis and not a legend, which takes a browser longer to lay out than the bars.
    title = f"z: {', '.join(words)}; {images - len(z):,} images below {FLOOR:g}"
    layout = {
        **shared_layout(260),
        "barmode": "stack",
        "shapes": [{**line, "line": {"dash": "dash", "color": WRONG}}],
        "xaxis": {"title": {"text": title}},
        "yaxis": {"title": {"text": "images"}},
    }
    return {"data": bars, "layout": layout}


def class_shares(shares: pd.Series) -> FigureTree:
    """Share of each class's images in which a feature fires, largest first; at most 15 classes, the rest counted."""
    shown = shares.sort_values(ascending=False).head(15)[::-1]
    layout = shared_layout(max(200, 26 * len(shown) + 70))
    # Room for the names from the start: where they push the axis, everything is drawn twice.
    longest = max((len(str(name)) for name in shown.index), default=0)
    layout["margin"]["l"] = min(24 + 7 * longest, 240)
    layout["xaxis"] = {"title": {"text": "% of the class's images in which it fires"}, "range": [0, 112]}
    bars = {
        "type": "bar",
        "x": (100 * shown).tolist(),
        "y": [str(name) for name in shown.index],
        "orientation": "h",
        "marker": {"color": ACCENT},
        "text": [f"{100 * share:.0f} %" for share in shown],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{y}: fires in %{x:.1f} % of its images<extra></extra>",
    }
    return {"data": [bars], "layout": layout}


def score_histogram(q: np.ndarray, correct: np.ndarray | None = None) -> go.Figure:
    """Distribution of Q; split by outcome where known."""
    figure = blank_figure()
    top = float(q.max(initial=0.0)) or 1.0
    bins = {"start": 0.0, "end": top * 1.001, "size": top / 40}
    if correct is None:
        figure.add_histogram(x=q, xbins=bins, marker_color=ACCENT, name="images", showlegend=False)
    else:
        parts = (("correct", q[correct], CORRECT), ("mis-classified", q[~correct], WRONG))
        for name, part, colour in parts:
            figure.add_histogram(
                x=part,
                xbins=bins,
                name=f"{name} ({len(part):,})",
                marker_color=colour,
                opacity=0.65,
                histnorm="percent",
            )
        figure.update_layout(barmode="overlay")
    figure.update_xaxes(title="Q-Score")
    figure.update_yaxes(title="images" if correct is None else "% of the outcome's images")
    return figure


def roc(curves: dict[str, RocCurve]) -> go.Figure:
    """ROC of each signal for "correct", with the diagonal of chance."""
    figure = blank_figure(360)
    for (name, curve), style in zip(curves.items(), _styles(len(curves)), strict=True):
        figure.add_scatter(x=curve.false_positive_rate, y=curve.true_positive_rate, mode="lines", name=name, line=style)
    _chance_line(figure, (0, 1), (0, 1))
    figure.update_xaxes(title="share of mis-classified images above the threshold", range=[0, 1])
    figure.update_yaxes(title="share of correct images above it", range=[0, 1.01])
    return figure


def precision_recall(curves: dict[str, PrecisionRecallCurve], positive: str) -> go.Figure:
    """Precision against recall, with the share of the positive class as the line of chance."""
    figure = blank_figure(360)
    for (name, curve), style in zip(curves.items(), _styles(len(curves)), strict=True):
        figure.add_scatter(x=curve.recall, y=curve.precision, mode="lines", name=name, line=style)
    chance = next(iter(curves.values())).chance
    _chance_line(figure, (0, 1), (chance, chance))
    figure.update_xaxes(title=f"share of all {positive} images found (recall)", range=[0, 1])
    figure.update_yaxes(title=f"{positive} among the found (precision)", range=[0, 1.01])
    return figure


def _styles(count: int) -> list[dict[str, object]]:
    styles = ((ACCENT, "solid"), (WRONG, "dash"), (CORRECT, "dot"), ("#b5838d", "dashdot"), (MUTED, "longdash"))
    return [{"color": colour, "dash": dash, "width": 2.5} for colour, dash in (styles * 3)[:count]]


def _chance_line(figure: go.Figure, x: Sequence[float], y: Sequence[float]) -> None:
    figure.add_scatter(x=x, y=y, mode="lines", name="chance", line={"color": MUTED, "dash": "dot", "width": 1})


def accuracy_by_score(bins: Sequence[ScoreBin], accuracy: float) -> go.Figure:
    """Probe accuracy in tenths of the images by score (equal scores stay together), with intervals."""
    figure = blank_figure()
    values = np.array([part.accuracy for part in bins])
    figure.add_bar(
        x=[f"{place + 1}" for place in range(len(bins))],
        y=values,
        marker_color=ACCENT,
        error_y={
            "array": [part.high - part.accuracy for part in bins],
            "arrayminus": [part.accuracy - part.low for part in bins],
            "color": MUTED,
        },
        customdata=[(part.images, part.lowest, part.highest) for part in bins],
        hovertemplate="%{customdata[0]} images, score %{customdata[1]:.3f} to %{customdata[2]:.3f}<br>"
        "accuracy %{y:.1%}<extra></extra>",
        showlegend=False,
    )
    figure.add_hline(
        y=accuracy, line_dash="dot", line_color=MUTED, annotation_text="all images", annotation_position="bottom left"
    )
    figure.update_xaxes(title="tenths of the images, lowest scores first", type="category")
    figure.update_yaxes(title="probe accuracy", range=[0, 1.02], tickformat=".0%")
    return figure


def compression(curve: CompressionCurve) -> go.Figure:
    """Figure 2 of the paper: accuracy against the share of features removed, middle of A, random subsets, PCA."""
    points = sorted(curve.points, key=lambda point: point.share_removed)
    x = [100 * point.share_removed for point in points]
    figure = blank_figure(360)
    figure.add_scatter(
        x=x,
        y=[point.random_top1_mean for point in points],
        mode="lines+markers",
        name="random subsets (mean and range)",
        line={"color": MUTED, "dash": "dot"},
        error_y={
            "array": [point.random_top1_max - point.random_top1_mean for point in points],
            "arrayminus": [point.random_top1_mean - point.random_top1_min for point in points],
        },
    )
    if all(point.pca_top1 is not None for point in points):
        figure.add_scatter(
            x=x,
            y=[point.pca_top1 for point in points],
            mode="lines+markers",
            name="PCA to as many directions",
            line={"color": CORRECT, "dash": "dash"},
        )
    figure.add_scatter(
        x=x,
        y=[point.top1 for point in points],
        mode="lines+markers",
        name="middle of the activation rates",
        line={"color": ACCENT},
    )
    figure.update_xaxes(title="% of the features removed")
    figure.update_yaxes(title="probe accuracy", tickformat=".0%")
    return figure
