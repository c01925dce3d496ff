"""Signals combined without labels: the mean of their ranks, every one with the same weight."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float
from scipy.stats import rankdata


def mean_rank(values: Sequence[Float[np.ndarray, " image"]]) -> Float[np.ndarray, " image"]:
    """Mean over signals of an image's rank among the scored images, from 0 (lowest) to 1; equal values share a rank.

    Ranks depend on the images that are scored together, as any ranking does.
    """
    images = len(values[0])
    return np.mean([(rankdata(signal) - 0.5) / images for signal in values], axis=0)
