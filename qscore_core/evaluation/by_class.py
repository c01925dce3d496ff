"""How well a score predicts mistakes within each class."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from qscore_core.evaluation.outcomes import require_comparable
from qscore_core.evaluation.resampling import STANDARD, EvaluationSettings, Interval
from qscore_core.evaluation.signal import evaluate_signal


@dataclass(frozen=True)
class ClassEvaluation:
    """`auroc` and `auroc_ci` are None for a class that the probe gets all right or all wrong."""

    name: str
    images: int
    accuracy: float
    mean_score: float
    auroc: float | None
    auroc_ci: Interval | None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def evaluate_by_class(
    scores: Float[np.ndarray, " image"],
    correct: Bool[np.ndarray, " outcome"],
    names: np.ndarray,
    settings: EvaluationSettings = STANDARD,
) -> tuple[ClassEvaluation, ...]:
    """One entry a class of `names` (one an image), least accurate first."""
    require_comparable(scores, correct)
    found = [_of_class(str(name), scores[names == name], correct[names == name], settings) for name in np.unique(names)]
    return tuple(sorted(found, key=lambda entry: entry.accuracy))


def _of_class(name: str, scores: np.ndarray, correct: np.ndarray, settings: EvaluationSettings) -> ClassEvaluation:
    known = 0 < correct.sum() < len(correct)
    judged = evaluate_signal(name, scores, correct, settings) if known else None
    return ClassEvaluation(
        name=name,
        images=len(correct),
        accuracy=float(correct.mean()),
        mean_score=float(scores.mean()),
        auroc=judged.auroc if judged else None,
        auroc_ci=judged.auroc_ci if judged else None,
    )
