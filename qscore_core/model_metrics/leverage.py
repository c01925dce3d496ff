"""How much a single image carries alone: needs a second pass over the rows."""

import numpy as np

from qscore_core.model_metrics.row_sums import RowSums
from qscore_core.representations import Representations

NEGLIGIBLE = 1e-10  # of the largest eigenvalue


def coherence(representations: Representations, sums: RowSums) -> float:
    """(N / rank) max_i ||U_i||^2, H = U S V^T: 1 where all images matter alike.

    N / rank where an image has a direction to itself; ||U_i||^2 = h_i^T (H^T H)^+ h_i; 0 where every entry is 0.
    """
    values, axes = np.linalg.eigh(sums.gram)
    kept = values > NEGLIGIBLE * values[-1]
    if values[-1] <= 0:
        return 0.0
    onto = axes[:, kept] / np.sqrt(values[kept])
    largest = max(((block.astype(np.float64) @ onto) ** 2).sum(axis=1).max() for block in representations.blocks())
    return float(sums.images / kept.sum() * largest)
