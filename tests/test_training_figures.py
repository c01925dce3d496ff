"""What the figures of a training show, read back from their traces."""

import numpy as np
import pandas as pd
import pytest

from qscore_core.encoder_report import Histogram
from qscore_core.training_figures import by_epoch, by_epoch_and_term, q_histograms


def test_a_line_has_the_runs_values_at_its_epochs():
    values = pd.Series([1.5, 1.25], index=[0.5, 1.0])
    (line,) = by_epoch({"control": values}, "SSL loss").data
    assert (list(line.x), list(line.y), line.name) == ([0.5, 1.0], [1.5, 1.25], "control")


def test_a_log_axis_shows_sizes_and_leaves_out_zeros():
    figure = by_epoch_and_term({"q-score": {"Q term": pd.Series([-1e-6, 0.0], index=[1.0, 2.0])}}, "size")
    (line,) = figure.data
    assert figure.layout.yaxis.type == "log"
    assert line.name == "q-score: Q term"
    np.testing.assert_array_equal(line.y, [1e-6, np.nan])
    np.testing.assert_array_equal(line.customdata, [-1e-6, 0.0])  # the sign is told on hovering


def test_the_same_term_has_the_same_dash_in_every_run():
    one = pd.Series([1.0], index=[1.0])
    figure = by_epoch_and_term({"a": {"SSL loss": one}, "b": {"SSL loss": one, "Q term": one}}, "size")
    assert [line.line.dash for line in figure.data] == ["solid", "solid", "dash"]


def test_histograms_share_bins_and_count_in_percent_of_all_images():
    narrow = Histogram(0.1, (10, 0, 30, *[0] * 37))
    wide = Histogram(0.2, (20, *[0] * 38, 5))
    before, after = q_histograms({"before": narrow, "after": wide}, 50, ("before",)).data
    # In bins of the wide one: 10 + 0 and 30 + 0 of 50 images, 20 % and 60 %; 10 of 50 are at 0.
    assert list(before.y[:3]) == [20.0, 60.0, 0.0]
    assert list(after.y[:2]) == [40.0, 0.0]
    assert before.x[1] == pytest.approx(0.005)
    assert (before.name, after.name) == ("before (20% at 0)", "after (50% at 0)")
    assert (before.fill, after.fill) == ("tozeroy", None)


def test_the_axis_ends_with_the_last_image():
    figure = q_histograms({"before": Histogram(0.1, (1, 1, *[0] * 38))}, 2, ("before",))
    assert figure.layout.xaxis.range[1] == pytest.approx(0.1 * 2 / 40)
