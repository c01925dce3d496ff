"""Which images a map shows where it cannot show all."""

import numpy as np


def stratified_rows(labels: np.ndarray, most: int, seed: int) -> np.ndarray:
    """At most `most` rows, ascending, in which every label keeps its share to within one image.

    Rows are drawn at random within a label; the unlabelled (-1) are one label of their own.
    """
    if len(labels) <= most:
        return np.arange(len(labels))
    order = np.random.default_rng(seed).permutation(len(labels))
    # Sorted by label and in random order within one, every (N / most)-th row hits each label in proportion.
    arranged = order[np.argsort(labels[order], kind="stable")]
    places = np.floor((np.arange(most) + 0.5) * len(labels) / most).astype(np.int64)
    return np.sort(arranged[places])
