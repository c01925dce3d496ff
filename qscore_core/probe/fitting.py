"""Fits a linear probe on stored representations."""

import numpy as np
from jaxtyping import Float, Int

from qscore_core.probe.linear_probe import LinearProbe, ProbeRecord
from qscore_core.probe.logistic import fit_logistic
from qscore_core.probe.rows import require_finite, require_labels, require_two_classes
from qscore_core.probe.settings import ProbeSettings
from qscore_core.probe.sgd import fit_sgd
from qscore_core.probe.solution import Solution
from qscore_core.probe.splitting import HoldOut, hold_out
from qscore_core.progress import OnProgress, silent

DEFAULTS = ProbeSettings()
RECIPES = {"fast": (fit_logistic, "C"), "paper": (fit_sgd, "learning_rate")}


def fit_probe(
    representations: Float[np.ndarray, "image feature"],
    labels: Int[np.ndarray, " label"],
    classes: int,
    settings: ProbeSettings = DEFAULTS,
    on_progress: OnProgress = silent,
) -> LinearProbe:
    """A linear classifier of frozen representations, by the recipe of `settings`.

    Regularisation (`fast`) or learning rate (`paper`) is chosen on a part of these very images, held out by class; the
    probe is then fitted on all of them. `labels` number the classes from 0 to `classes` - 1; a class without images is
    allowed, is never predicted and stands in the record.

    Raises RepresentationError for labels that do not fit the images, for unlabelled (-1) images, for fewer than two
    classes among the labels and for NaN or infinite representations.
    """
    require_labels(len(representations), labels, classes)
    require_two_classes(labels)
    require_finite(representations)
    present, compact, counts = np.unique(labels, return_inverse=True, return_counts=True)
    split = hold_out(compact, settings.validation_share, settings.seed)
    fit, parameter = RECIPES[settings.recipe]
    solution = fit(representations, compact, split, settings, on_progress)
    record = ProbeRecord(
        recipe=settings.recipe,
        parameter=parameter,
        absent_classes=tuple(int(class_) for class_ in np.setdiff1d(np.arange(classes), present)),
        single_image_classes=tuple(int(class_) for class_ in present[counts == 1]),
        **_choice(solution, split),
        normalize=settings.normalize,
        seed=settings.seed,
    )
    weight, bias = np.zeros((classes, representations.shape[1])), np.full(classes, -np.inf)
    weight[present], bias[present] = solution.weight, solution.bias
    return LinearProbe(weight, bias, record)


def _choice(solution: Solution, split: HoldOut) -> dict:
    return {
        "chosen": solution.chosen,
        "tried": solution.tried,
        "validation_top1": dict(solution.tried).get(solution.chosen),
        "converged": solution.converged,
        "iterations": solution.iterations,
        "images": len(split.fit) + len(split.validation),
        "validation_images": len(split.validation) if solution.tried else 0,
    }
