"""The `fast` recipe: multinomial logistic regression by scikit-learn, on standardised features."""

import warnings

import numpy as np
from jaxtyping import Float, Int
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from qscore_core.probe.rows import blocks, prepared
from qscore_core.probe.settings import LogisticRecipe, ProbeSettings
from qscore_core.probe.solution import Solution, Tried, best_of
from qscore_core.probe.splitting import HoldOut
from qscore_core.progress import Meter, OnProgress

PATIENCE = 2  # weaker regularisation is not tried once so many values in a row stayed below the best


def fit_logistic(
    representations: Float[np.ndarray, "image feature"],
    labels: Int[np.ndarray, " image"],
    split: HoldOut,
    settings: ProbeSettings,
    on_progress: OnProgress,
) -> Solution:
    """Chooses C on the validation images, then solves on all of train.

    Holds the matrix in memory in float64, twice while C is chosen. Mean and scale are those of all of train and end up
    in the weights: w.(h - mean)/scale + b = (w/scale).h + (b - (w/scale).mean).
    """
    recipe = settings.fast
    meter = Meter("linear probe, fits", len(recipe.strengths) + 1, on_progress)
    scaler = StandardScaler(copy=False)
    rows = scaler.fit_transform(_all_prepared(representations, settings.normalize))
    tried = _search(rows, labels, split, recipe, meter)
    chosen = best_of(tried, recipe.strengths)
    model = _model(recipe, chosen)
    converged = _fit(model, rows, labels)
    meter.update(meter.total)
    coefficients, intercepts = _one_row_per_class(model)
    weight = coefficients / scaler.scale_
    bias = intercepts - weight @ scaler.mean_
    return Solution(weight, bias, chosen, tried, converged, int(model.n_iter_.max()))


def _search(
    rows: Float[np.ndarray, "image feature"],
    labels: Int[np.ndarray, " image"],
    split: HoldOut,
    recipe: LogisticRecipe,
    meter: Meter,
) -> Tried:
    """Validation top-1 along the path of C, each solution the start of the next."""
    if len(recipe.strengths) == 1 or len(split.validation) == 0:
        return ()
    model = _model(recipe, recipe.strengths[0])
    fit_rows, fit_labels = rows[split.fit], labels[split.fit]
    held_rows, held_labels = rows[split.validation], labels[split.validation]
    tried: list[tuple[float, float]] = []
    for strength in sorted(recipe.strengths):
        model.C = strength
        _fit(model, fit_rows, fit_labels)
        tried.append((strength, float(model.score(held_rows, held_labels))))
        meter.update(len(tried))
        best = max(score for _, score in tried)
        if len(tried) > PATIENCE and all(score < best for _, score in tried[-PATIENCE:]):
            break
    return tuple(tried)


def _model(recipe: LogisticRecipe, strength: float) -> LogisticRegression:
    return LogisticRegression(C=strength, tol=recipe.tolerance, max_iter=recipe.max_iterations, warm_start=True)


def _fit(
    model: LogisticRegression, rows: Float[np.ndarray, "image feature"], labels: Int[np.ndarray, " image"]
) -> bool:
    """Fits in place and says whether the solver converged; scikit-learn tells that by a warning only."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ConvergenceWarning)
        model.fit(rows, labels)
    return not any(issubclass(warning.category, ConvergenceWarning) for warning in caught)


def _one_row_per_class(
    model: LogisticRegression,
) -> tuple[Float[np.ndarray, "class_ feature"], Float[np.ndarray, " class_"]]:
    """For two classes scikit-learn keeps one row, the log-odds of the second; half each way gives the same softmax."""
    if len(model.classes_) > 2:
        return model.coef_, model.intercept_
    signs = np.array([-0.5, 0.5])
    return signs[:, None] * model.coef_, signs * model.intercept_


def _all_prepared(
    representations: Float[np.ndarray, "image feature"], normalize: bool
) -> Float[np.ndarray, "image feature"]:
    rows = np.empty(representations.shape)
    for block in blocks(len(rows)):
        rows[block] = prepared(representations[block], normalize)
    return rows
