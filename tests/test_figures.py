"""Figures that are made at every move and so without Plotly's own check: what they show, and that Plotly takes it."""

from base64 import b64decode

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from qscore_core import figures
from qscore_core.activation import FeatureSettings
from qscore_core.qscore import FeatureSet


def test_strengths_are_counted_in_quarters_the_firing_ones_apart():
    # From 2 to max(3.0, 2.4 + 1) = 3.4 in steps of 0.25: six bins. Above 2.4: 2.45 lies in [2.25, 2.5), 2.5 in
    # [2.5, 2.75) and 3.0 in [3, 3.25). Not above it: 2.0 and 2.1 lie in [2, 2.25), 2.3 in [2.25, 2.5).
    figure = figures.feature_strength(np.array([2.0, 2.1, 2.3, 2.45, 2.5, 3.0]), 2.4, 100)
    firing, below = figure["data"]
    assert firing["x"] == [2.125, 2.375, 2.625, 2.875, 3.125, 3.375]
    assert firing["y"] == [0, 1, 1, 0, 1, 0]
    assert below["y"] == [2, 1, 0, 0, 0, 0]
    assert "94 images below 2" in figure["layout"]["xaxis"]["title"]["text"]
    assert figure["layout"]["shapes"][0]["x0"] == 2.4


def test_no_strength_is_left_out_of_the_bins():
    z = np.random.default_rng(0).exponential(1.0, 1000).astype(np.float32) + 2
    figure = figures.feature_strength(z, 3.1, 2000)
    assert sum(sum(bars["y"]) for bars in figure["data"]) == 1000
    assert sum(figure["data"][0]["y"]) == (z > 3.1).sum()


def test_the_largest_share_stands_on_top_of_at_most_fifteen():
    shares = pd.Series(np.arange(20) / 100, index=[f"class {number}" for number in range(20)])
    bars = figures.class_shares(shares)["data"][0]
    assert bars["y"][-1] == "class 19"
    assert (bars["x"][-1], bars["text"][-1], len(bars["y"])) == (19.0, "19 %", 15)


def test_rates_fall_and_those_of_discriminative_features_lie_on_a_line_of_their_own():
    rates, discriminative = np.array([1.0, 30.0, 5.0, 7.0]), np.array([False, False, True, True])
    other, inside = figures.activation_rates(FeatureSet(FeatureSettings(), rates, discriminative))["data"]
    assert unpacked(inside["customdata"]) == [1, 3, 2, 0]
    np.testing.assert_array_equal(unpacked(inside["y"]), [np.nan, 7.0, 5.0, np.nan])
    np.testing.assert_array_equal(unpacked(other["y"]), [30.0, np.nan, np.nan, 1.0])


def unpacked(values):
    return np.frombuffer(b64decode(values["bdata"]), values["dtype"]).tolist()


def test_plotly_takes_what_it_has_not_checked():
    features = FeatureSet(FeatureSettings(), np.array([3.0, 2.0]), np.array([True, False]))
    strength, shares = figures.feature_strength(np.array([2.5]), 2.2, 3), figures.class_shares(pd.Series({"a": 0.5}))
    for figure in (strength, shares, figures.activation_rates(features)):
        go.Figure(figure)  # raises ValueError for a name or a value that it does not know
