"""One signal judged by how well it predicts mistakes, with bootstrap intervals."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from qscore_core.evaluation.outcomes import require_both_outcomes, require_comparable
from qscore_core.evaluation.ranking import auroc, average_precision, masses
from qscore_core.evaluation.resampling import STANDARD, EvaluationSettings, Interval, interval, resamples


@dataclass(frozen=True)
class SignalEvaluation:
    """All numbers are shares from 0 to 1. A higher score is read as "more likely correct".

    Chance is 0.5 for `auroc`, `accuracy` for `auprc_correct` and 1 - `accuracy` for `auprc_error`, which ranks the
    lowest score first; `lift_correct` and `lift_error` are the distances from that chance. `level` holds for all
    intervals; `resamples` counts those that had both outcomes and so a value.
    """

    name: str
    images: int
    accuracy: float
    accuracy_ci: Interval
    auroc: float
    auroc_ci: Interval
    auprc_correct: float
    auprc_correct_ci: Interval
    auprc_error: float
    auprc_error_ci: Interval
    lift_correct: float
    lift_correct_ci: Interval
    lift_error: float
    lift_error_ci: Interval
    level: float
    resamples: int

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; `lift` repeats `lift_correct`, the figure that goes with the paper's AUPRC."""
        return {**asdict(self), "lift": self.lift_correct}


def evaluate_signal(
    name: str,
    scores: Float[np.ndarray, " image"],
    correct: Bool[np.ndarray, " outcome"],
    settings: EvaluationSettings = STANDARD,
) -> SignalEvaluation:
    """AUROC and average precision of `scores` for `correct` (and for mistakes), with intervals.

    Raises RepresentationError for scores that are not finite, for another number of outcomes, and when all images have
    the same outcome, because no score can then be judged.
    """
    return judged(name, scores, correct, measure_draws(scores, correct, settings), settings)


def measure_draws(
    scores: Float[np.ndarray, " image"], correct: Bool[np.ndarray, " outcome"], settings: EvaluationSettings
) -> dict[str, Float[np.ndarray, " resample"]]:
    """Each measure of every resample, NaN where it has none; the same resamples for all scores of as many images."""
    require_comparable(scores, correct)
    require_both_outcomes(correct)
    exact = scores.astype(np.float64)
    drawn = [_measures(exact, correct, weights) for weights in resamples(len(exact), settings)]
    return {measure: np.concatenate([batch[measure] for batch in drawn]) for measure in drawn[0]}


def judged(
    name: str,
    scores: Float[np.ndarray, " image"],
    correct: Bool[np.ndarray, " outcome"],
    draws: dict[str, Float[np.ndarray, " resample"]],
    settings: EvaluationSettings,
) -> SignalEvaluation:
    """The measures of all images, with intervals from their `measure_draws`."""
    used, fields = 0, {}
    for measure, value in _measures(scores.astype(np.float64), correct, np.ones((1, len(scores)))).items():
        values = draws[measure][np.isfinite(draws[measure])]
        fields |= {measure: float(value[0]), f"{measure}_ci": interval(values, settings.level)}
        used = len(values) if measure == "auroc" else used
    return SignalEvaluation(name=name, images=len(scores), level=settings.level, resamples=used, **fields)


def _measures(
    scores: Float[np.ndarray, " image"],
    correct: Bool[np.ndarray, " image"],
    weights: Float[np.ndarray, "resample image"],
) -> dict[str, Float[np.ndarray, " resample"]]:
    found = masses(scores, correct, weights)
    accuracy = found.positive.sum(axis=1) / weights.sum(axis=1)
    for_correct, for_error = average_precision(found), average_precision(found.mirrored())
    return {
        "accuracy": accuracy,
        "auroc": auroc(found),
        "auprc_correct": for_correct,
        "auprc_error": for_error,
        "lift_correct": for_correct - accuracy,
        "lift_error": for_error - (1 - accuracy),
    }
