"""Which points a hand has drawn a line around: only the polygon travels, the points are found here."""

import numpy as np
from jaxtyping import Bool, Float
from matplotlib.path import Path


def inside_polygon(
    points: Float[np.ndarray, "image 2"], corners: Float[np.ndarray, "corner 2"]
) -> Bool[np.ndarray, " image"]:
    """Points within a polygon that closes itself; none where it has fewer than three corners."""
    if len(corners) < 3:
        return np.zeros(len(points), bool)
    return Path(np.vstack([corners, corners[:1]]), closed=True).contains_points(points)
