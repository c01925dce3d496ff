"""How well a score tells images that a linear probe gets right from those it gets wrong (arXiv 2203.01881, table 1).

>>> from qscore_core.evaluation import evaluate_signal
>>> evaluate_signal("q_score", scores, correct).as_dict()  # doctest: +SKIP
"""

from qscore_core.evaluation.by_class import ClassEvaluation, evaluate_by_class
from qscore_core.evaluation.ceiling import cross_fitted
from qscore_core.evaluation.curves import (
    PrecisionRecallCurve,
    RocCurve,
    ScoreBin,
    accuracy_by_decile,
    precision_recall_points,
    roc_curve_points,
)
from qscore_core.evaluation.resampling import EvaluationSettings, Interval, interval, resamples
from qscore_core.evaluation.risk_coverage import RiskCoverage, risk_coverage
from qscore_core.evaluation.signal import SignalEvaluation, evaluate_signal
from qscore_core.evaluation.together import Difference, SignalsTogether, evaluate_together

__all__ = [
    "ClassEvaluation",
    "Difference",
    "EvaluationSettings",
    "Interval",
    "PrecisionRecallCurve",
    "RiskCoverage",
    "RocCurve",
    "ScoreBin",
    "SignalEvaluation",
    "SignalsTogether",
    "accuracy_by_decile",
    "cross_fitted",
    "evaluate_by_class",
    "evaluate_signal",
    "evaluate_together",
    "interval",
    "precision_recall_points",
    "resamples",
    "risk_coverage",
    "roc_curve_points",
]
