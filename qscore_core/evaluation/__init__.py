"""How well a score tells images that a linear probe gets right from those it gets wrong (arXiv 2203.01881, table 1).

>>> from qscore_core.evaluation import evaluate_signal
>>> evaluate_signal("q_score", scores, correct).as_dict()  # doctest: +SKIP
"""

from qscore_core.evaluation.curves import (
    PrecisionRecallCurve,
    RocCurve,
    ScoreBin,
    accuracy_by_decile,
    precision_recall_points,
    roc_curve_points,
)
from qscore_core.evaluation.resampling import EvaluationSettings, Interval, interval, resamples
from qscore_core.evaluation.signal import SignalEvaluation, evaluate_signal

__all__ = [
    "EvaluationSettings",
    "Interval",
    "PrecisionRecallCurve",
    "RocCurve",
    "ScoreBin",
    "SignalEvaluation",
    "accuracy_by_decile",
    "evaluate_signal",
    "interval",
    "precision_recall_points",
    "resamples",
    "roc_curve_points",
]
