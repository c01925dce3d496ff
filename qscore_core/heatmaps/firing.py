"""L_i n D of images as a set per image, the target of an image's combined map."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Bool

from qscore_core.pipeline import Analysis


def firing_features(analysis: Analysis, places: Sequence[int]) -> Bool[np.ndarray, "image feature"]:
    """Which discriminative features are highly active in each image; `places` are rows of the scored split."""
    epsilon = analysis.settings.features.epsilon
    members = np.zeros((len(places), analysis.index.dim), bool)
    for row, place in enumerate(places):
        active, _ = analysis.index.active_features(place, epsilon)
        members[row, active] = True
    return members & analysis.features.discriminative
