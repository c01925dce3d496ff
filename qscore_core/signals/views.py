"""How alike several views of one image are to the encoder (alignment of positive pairs, arXiv 2005.10242)."""

import numpy as np
from jaxtyping import Float

from qscore_core.model_metrics.views import unit_views


def augmentation_consistency(h: Float[np.ndarray, "image view feature"]) -> Float[np.ndarray, " image"]:
    """Mean cosine over pairs of an image's q views; of unit rows u: (|sum u|^2 - sum |u|^2) / (q (q - 1))."""
    unit, q = unit_views(h), h.shape[1]
    lengths = (unit**2).sum(axis=(1, 2))  # q, or less where a view gives a row of zeros
    return ((unit.sum(axis=1) ** 2).sum(axis=1) - lengths) / (q * (q - 1))
