"""What the signals could say together, had somebody told them the outcomes: an upper reference, not a signal."""

import numpy as np
from jaxtyping import Bool, Float
from scipy.stats import rankdata
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from qscore_core.errors import RepresentationError

FOLDS = 5


def cross_fitted(
    values: Float[np.ndarray, "image signal"], correct: Bool[np.ndarray, " image"], seed: int = 0
) -> Float[np.ndarray, " image"]:
    """Probability of "correct" by a logistic regression on the signals' ranks, each fifth judged by the other four.

    Raises RepresentationError where an outcome has fewer than two images.
    """
    folds = min(FOLDS, int(correct.sum()), int((~correct).sum()))
    if folds < 2:
        raise RepresentationError("A combination of signals needs two correct and two mis-classified images.")
    ranks = (rankdata(values, axis=0) - 0.5) / len(values) - 0.5
    model = LogisticRegression(C=1.0, max_iter=1000)
    parts = StratifiedKFold(folds, shuffle=True, random_state=seed)
    return cross_val_predict(model, 4 * ranks, correct, cv=parts, method="predict_proba")[:, 1]
