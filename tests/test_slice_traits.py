"""What a slice shares, by hand: a trait of the minority is none, nor is one that chance could give, nor the class."""

import numpy as np
import pandas as pd
import pytest

from qscore_core.activation_index import build_index
from qscore_core.slice_traits import Attribute, common, describe, firing, of_class, title_of


def attribute(share, everywhere, column="habitat", value="reeds"):
    return Attribute(column, value, share, everywhere, share / everywhere)


def test_descriptions_by_hand():
    table = pd.DataFrame(
        {"id": list("abcdef"), "class": list("ppqqqq"), "kind": list("xxyyyy"), "fits": [True] * 3 + [False] * 3}
    )
    found = describe(table, np.array([0, 1, 2]), 1.5)
    # kind x: 2 of 3 here, 2 of 6 everywhere: 2 times. fits: 3 of 3 here, 3 of 6 everywhere: 2 times, the larger share.
    # The class, which stands out as much as the kind, needs labels and is told apart.
    assert [(a.column, a.value, a.lift) for a in found] == [("fits", "True", 2.0), ("kind", "x", pytest.approx(2.0))]
    (label,) = of_class(table["class"].to_numpy(), np.array([0, 1, 2]), 1.5)
    assert (label.column, label.value, label.lift) == ("class", "p", pytest.approx(2.0))
    assert of_class(np.full(6, "", dtype=object), np.array([0, 1, 2]), 1.5) == ()


@pytest.mark.parametrize(
    ("share", "everywhere", "images", "is_common"),
    [
        # 9 of 35 images are of a class that is a tenth of all: 2.6 times as frequent, and yet three quarters are not.
        (9 / 35, 0.1, 35, False),
        # 4 of 8. Wilson with z = 1.96: centre (0.5 + 3.84/16) / (1 + 3.84/8) = 0.5, half width
        # 1.96 sqrt(0.5 0.5/8 + 3.84/256) / 1.48 = 0.285; from 0.215, below a third: chance could give it.
        (0.5, 1 / 3, 8, False),
        # 30 of 50: centre (0.6 + 3.84/100) / (1 + 3.84/50) = 0.593, half width 1.96 sqrt(0.24/50 + 3.84/10000) / 1.077
        # = 0.131; from 0.462, above a third.
        (0.6, 1 / 3, 50, True),
        # Nine tenths of the slice, but of all images too.
        (0.9, 0.9, 50, False),
    ],
)
def test_what_counts_as_common(share, everywhere, images, is_common):
    assert attribute(share, everywhere).is_common(images) == is_common


def test_a_slice_without_a_common_trait_says_so():
    weak, strong = attribute(9 / 35, 0.1, "class", "frog"), attribute(1.0, 0.25)
    assert title_of(common([weak], 35)) == "no clear common trait"
    assert title_of(common([strong, weak], 35)) == "habitat reeds"


def test_features_that_fire_in_at_least_half_of_the_images():
    # 10 features, one of them at 1 in each row and the others at 0: z = (1 - 0.1) / 0.3 = 3 for that one.
    fires = np.array([7, 7, 2, 4, 4, 4, 4, 4])
    found = firing(build_index(np.eye(10, dtype=np.float32)[fires]), np.array([0, 1, 2]), 2.5, 1.5)
    # Feature 7 fires in 2 of the 3 and in 2 of all 8: (2/3) / (1/4) = 8/3 times as often. Feature 2 in 1 of 3 only.
    assert [(a.column, a.value, a.share, a.everywhere) for a in found] == [("feature 7", "fires", 2 / 3, 0.25)]
    assert found[0].lift == pytest.approx(8 / 3)
