"""Points, lassos and colours as numbers, before any page draws them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qscore_core.errors import RepresentationError
from qscore_core.scatter import (
    MISSING,
    OTHER,
    box,
    by_category,
    by_value,
    colouring_of,
    inside,
    lasso_text,
    placed,
    read_lasso,
)


def crossings_inside(x, y, line):
    """Even-odd rule, one point and one edge at a time."""
    odd = False
    for (x0, y0), (x1, y1) in zip(line, [*line[1:], line[0]], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            odd = not odd
    return odd


def test_points_keep_their_places():
    # range 0 to 10 with 3 % room on both sides: the frame is -0.3 to 10.3, so 5 lies in the middle
    points = placed(np.array([0.0, 5.0, 10.0]), np.array([1.0, 1.0, 1.0]))
    assert (points.x.low, points.x.high) == pytest.approx((-0.3, 10.3))
    assert points.steps[:, 0] == pytest.approx([0.3 / 10.6 * 65535, 32767.5, 10.3 / 10.6 * 65535], abs=1)
    assert (points.y.low, points.y.high) == (0.5, 1.5)
    assert np.frombuffer(points.packed(), "<u2").reshape(-1, 2).tolist() == points.steps.tolist()


def test_coordinates_that_are_no_numbers_are_refused():
    with pytest.raises(RepresentationError, match="1 of 2"):
        placed(np.array([0.0, np.nan]), np.array([0.0, 1.0]))


def test_a_lasso_agrees_with_the_slow_rule():
    rng = np.random.default_rng(0)
    points = placed(rng.random(500), rng.random(500))
    star = [
        (0.5 + r * np.cos(a), 0.5 + r * np.sin(a)) for a, r in zip(np.arange(12) * 0.5, [0.45, 0.2] * 6, strict=True)
    ]
    slow = [crossings_inside(*(step / 65535), star) for step in points.steps.astype(np.float64)]
    assert inside(points, star).tolist() == slow
    assert 0 < sum(slow) < 500


def test_a_box_holds_what_lies_between_its_sides():
    points = placed(np.linspace(0, 1, 50), np.linspace(1, 0, 50))
    unit = points.steps / 65535
    expected = (unit[:, 0] > 0.25) & (unit[:, 0] < 0.75) & (unit[:, 1] > 0.1) & (unit[:, 1] < 0.6)
    assert inside(points, box((0.25, 0.75), (0.1, 0.6))).tolist() == expected.tolist()
    assert not inside(points, [(0, 0), (1, 1)]).any()


@given(arrays(np.float64, st.tuples(st.integers(3, 60), st.just(2)), elements=st.floats(0, 1)))
def test_a_lasso_survives_the_address_to_a_thousandth(line):
    rounded = np.round(999 * line)
    moved = np.concatenate([[True], (np.diff(rounded, axis=0) != 0).any(axis=1)])
    assert np.allclose(np.array(read_lasso(lasso_text(line))) * 999, rounded[moved])


@pytest.mark.parametrize("text", ["x", "1.2.3", "1", "1.2_", "_".join(["1.1"] * 401)])
def test_other_texts_are_no_lasso(text):
    with pytest.raises(ValueError):
        read_lasso(text)


def test_ten_hues_then_other():
    values = [name for number, name in enumerate("abcdefghijkl") for _ in range(12 - number)]
    colours = by_category("class", values)
    # a to i are the nine most frequent; j (3), k (2) and l (1) are the others
    assert colours.names == (*"abcdefghi", OTHER)
    assert colours.counts == (12, 11, 10, 9, 8, 7, 6, 5, 4, 6)
    assert colours.codes[-1] == 9


def test_ten_categories_need_no_other():
    colours = by_category("class", list("abcdefghij"))
    assert colours.names == tuple("abcdefghij")


def test_what_is_missing_has_no_hue():
    colours = colouring_of("correct", pd.Series([True, None, False, True], dtype=object))
    assert colours.names == ("yes", "no")
    assert colours.codes.tolist() == [0, MISSING, 1, 0]
    assert colours.missing == 1


def test_a_scale_runs_from_the_lowest_to_the_highest_value():
    colours = by_value("Q", np.array([1.0, 3.0, 2.0, np.nan]))
    assert colours.codes.tolist() == [0, 254, 127, MISSING]
    assert (colours.low, colours.high, colours.names) == (1.0, 3.0, ())


def test_numbers_of_few_values_are_categories():
    assert colouring_of("n", pd.Series([0, 1, 2] * 4)).names == ("0", "1", "2")
    assert colouring_of("n", pd.Series(range(40))).names == ()
    assert by_value("constant", np.full(3, 7.0)).codes.tolist() == [0, 0, 0]
