"""Images are joined by id, whatever their order, and nobody's are lost without a word."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qscore_core.comparison import join
from qscore_core.errors import DatasetError

IDS = st.lists(st.integers(0, 12).map(str), unique=True, min_size=1)


def test_by_hand():
    shared = join({"a": ["x", "y", "z"], "b": ["z", "w", "x"]})
    # Both have x (rows 0 and 2) and z (rows 2 and 0); b lacks y and a lacks w.
    assert shared.ids == ("x", "z")
    assert shared.places["a"].tolist() == [0, 2]
    assert shared.places["b"].tolist() == [2, 0]
    assert shared.missing == {"a": ("w",), "b": ("y",)}


@given(IDS, IDS, IDS)
def test_places_lead_to_the_ids(first, second, third):
    lists = {"a": first, "b": second, "c": third}
    common = set(first) & set(second) & set(third)
    if not common:
        with pytest.raises(DatasetError, match="images in common"):
            join(lists)
        return
    shared = join(lists)
    assert set(shared.ids) == common
    for name, listed in lists.items():
        assert tuple(np.array(listed, dtype=object)[shared.places[name]]) == shared.ids
        assert set(shared.missing[name]) == (set(first) | set(second) | set(third)) - set(listed)


def test_an_id_that_stands_twice_is_refused():
    with pytest.raises(DatasetError, match="1 repeated ones for `b`"):
        join({"a": ["x"], "b": ["x", "x"]})
