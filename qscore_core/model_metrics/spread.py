"""How entries and unit rows are spread over features and images."""

import numpy as np

from qscore_core.model_metrics.row_sums import RowSums


def zero_share(sums: RowSums) -> float:
    return sums.zeros / sums.entries


def negative_share(sums: RowSums) -> float:
    return sums.negatives / sums.entries


def spread(sums: RowSums) -> float:
    """Standard deviation over the images of each entry of the unit rows, averaged over features, times sqrt(r)."""
    variance = sums.unit_square / sums.images - (sums.unit / sums.images) ** 2
    return float(np.sqrt(np.maximum(variance, 0)).mean() * np.sqrt(len(sums.unit)))


def self_clustering(sums: RowSums) -> float:
    """(||U U^T||_F^2 - E) / (N^2 - E) of unit rows U, E = N + N (N - 1) / r what random directions have.

    0 for rows in random directions, 1 for rows that are all the same; ||U U^T||_F = ||U^T U||_F.
    """
    images = sums.images
    expected = images + images * (images - 1) / len(sums.unit)
    return float(((sums.unit_gram**2).sum() - expected) / (images**2 - expected)) if images > 1 else float("nan")
