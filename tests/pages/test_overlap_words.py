"""The sentence on a map's overlap with its masks: which share of the heat, more or less than by chance."""

import pytest

from pages.ui.overlap_table import in_words
from qscore_core.alignment import Agreement


def agreed(mass, share):
    return Agreement(share, {"mass": mass})


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            {"core": agreed(0.19, 0.29), "spurious": agreed(0.21, 0.18)},
            "Of the heat, **19%** lies on the **core** parts, less than the 29% of chance; "
            "**21%** lies on the **spurious** parts, more than the 18% of chance.",
        ),
        ({"core": agreed(0.294, 0.286)}, "Of the heat, **29%** lies on the **core** parts, as by chance."),
        ({"core": agreed(float("nan"), 0.3)}, "This map has no heat, so no share of it lies anywhere."),
    ],
)
def test_the_share_of_the_heat_is_told_against_chance(found, words):
    assert in_words(found) == words
