"""Several signals judged on the same resamples of the same images, so that their differences have intervals too."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from jaxtyping import Bool

from qscore_core.evaluation.resampling import STANDARD, EvaluationSettings, Interval, interval
from qscore_core.evaluation.signal import SignalEvaluation, judged, measure_draws

Verdict = Literal["better", "worse", "not told apart"]


@dataclass(frozen=True)
class Difference:
    """AUROC of a signal less that of `reference`, by the paired bootstrap over images."""

    name: str
    reference: str
    difference: float
    ci: Interval

    @property
    def verdict(self) -> Verdict:
        """Better or worse only where the interval leaves out 0."""
        if self.ci[0] > 0:
            return "better"
        return "worse" if self.ci[1] < 0 else "not told apart"

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "verdict": self.verdict}


@dataclass(frozen=True)
class SignalsTogether:
    """Every signal by itself, and every other signal against the reference."""

    signals: tuple[SignalEvaluation, ...]
    differences: tuple[Difference, ...]


def evaluate_together(
    scores: Mapping[str, np.ndarray],
    correct: Bool[np.ndarray, " outcome"],
    reference: str,
    settings: EvaluationSettings = STANDARD,
) -> SignalsTogether:
    """`scores` by name, one of them the `reference`. Raises RepresentationError as `evaluate_signal` does."""
    draws = {name: measure_draws(values, correct, settings) for name, values in scores.items()}
    signals = {name: judged(name, scores[name], correct, drawn, settings) for name, drawn in draws.items()}
    base = draws[reference]["auroc"]
    differences = [
        Difference(
            name,
            reference,
            signals[name].auroc - signals[reference].auroc,
            interval(_finite(drawn["auroc"] - base), settings.level),
        )
        for name, drawn in draws.items()
        if name != reference
    ]
    return SignalsTogether(tuple(signals.values()), tuple(differences))


def _finite(values: np.ndarray) -> np.ndarray:
    return values[np.isfinite(values)]
