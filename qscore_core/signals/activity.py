"""How an image's representation is spread over the features, from the moments of the activation index."""

import numpy as np
from jaxtyping import Float

from qscore_core.activation_index import ActivationIndex


def l1_of_unit_row(index: ActivationIndex) -> Float[np.ndarray, " image"]:
    """||u||_1 of the unit row u = h / ||h||_2: from 1 (one feature) to sqrt(r) (all alike); 0 for a row of zeros."""
    l1, l2 = index.moment("l1"), index.moment("l2")
    return np.divide(l1, l2, out=np.zeros_like(l1), where=l2 > 0)


def hoyer_sparsity(index: ActivationIndex) -> Float[np.ndarray, " image"]:
    """(sqrt(r) - ||h||_1 / ||h||_2) / (sqrt(r) - 1) (Hoyer, JMLR 5, 2004); 0 for a row of zeros."""
    found = (np.sqrt(index.dim) - l1_of_unit_row(index)) / (np.sqrt(index.dim) - 1)
    return np.where(index.moment("l2") > 0, found, 0.0)
