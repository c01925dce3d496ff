"""Points on a plane to look at and to select from: coordinates in a frame, colours as codes, lassos answered by id.

>>> from qscore_core.scatter import by_category, inside, placed
>>> points = placed(x, y)  # doctest: +SKIP
>>> inside(points, [(0.1, 0.1), (0.9, 0.1), (0.5, 0.8)])  # doctest: +SKIP
"""

from qscore_core.scatter.colouring import (
    FEW_NUMBERS,
    MISSING,
    MOST_HUES,
    OTHER,
    Colouring,
    by_category,
    by_value,
    colouring_of,
)
from qscore_core.scatter.lasso import box, inside, lasso_text, read_lasso
from qscore_core.scatter.points import Axis, Points, placed

__all__ = [
    "FEW_NUMBERS",
    "MISSING",
    "MOST_HUES",
    "OTHER",
    "Axis",
    "Colouring",
    "Points",
    "box",
    "by_category",
    "by_value",
    "colouring_of",
    "inside",
    "lasso_text",
    "placed",
    "read_lasso",
]
