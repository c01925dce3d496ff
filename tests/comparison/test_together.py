"""Who errs among several encoders, by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qscore_core.comparison import groups, short_names, who_errs


def test_each_image_is_in_the_group_that_its_errors_say():
    # images:            0     1      2      3      4
    a = np.array([True, False, False, True, False])
    b = np.array([True, True, False, False, False])
    c = np.array([True, True, True, True, False])
    # wrong:            none    a    a, b     b     all
    said = who_errs({"a": a, "b": b, "c": c})
    assert said.tolist() == ["all right", "only a wrong", "several wrong", "only b wrong", "all wrong"]


def test_of_two_encoders_none_errs_with_several():
    said = who_errs({"a": np.array([True, False, False]), "b": np.array([True, True, False])})
    assert said.tolist() == ["all right", "only a wrong", "all wrong"]
    assert groups(("a", "b")) == ("all right", "only a wrong", "only b wrong", "all wrong")


@given(st.integers(2, 8), st.integers(0, 30), st.randoms(use_true_random=False))
def test_every_image_is_in_one_of_the_groups_and_only_means_only(encoders, images, random):
    names = [f"e{number}" for number in range(encoders)]
    correct = {name: np.array([random.random() < 0.5 for _ in range(images)], dtype=bool) for name in names}
    said = who_errs(correct)
    assert set(said) <= set(groups(names))
    for image, words in enumerate(said):
        wrong = [name for name in names if not correct[name][image]]
        if words.startswith("only"):
            assert words == f"only {wrong[0]} wrong"
            assert len(wrong) == 1


@pytest.mark.parametrize(
    ("refs", "short"),
    [
        (("habitats:simclr", "habitats:byol"), ("simclr", "byol")),
        (("file:/a/one.pt", "run:two"), ("one.pt", "two")),
        (("file:/a/model.pt", "file:/b/model.pt"), ("file:/a/model.pt", "file:/b/model.pt")),
    ],
)
def test_names_are_short_where_that_tells_them_apart(refs, short):
    assert short_names(refs) == short
