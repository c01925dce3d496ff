"""An encoder on a data set in one value: probe, Q-Scores at several epsilons, model metrics, heat inside masks.

>>> from qscore_core.encoder_report import encoder_report, report_splits
>>> encoder_report(subject, report_splits(subject.dataset, workspace), workspace).accuracy("test")  # doctest: +SKIP
"""

from qscore_core.encoder_report.making import PARTS, encoder_report
from qscore_core.encoder_report.splits import ReportSplits, report_splits
from qscore_core.encoder_report.stored import ReportSettings, stored_report
from qscore_core.encoder_report.values import (
    WHOLE,
    Accuracy,
    EncoderReport,
    Histogram,
    ScoreReport,
    histogram_of,
    report_from_dict,
)

__all__ = [
    "PARTS",
    "WHOLE",
    "Accuracy",
    "EncoderReport",
    "Histogram",
    "ReportSettings",
    "ReportSplits",
    "ScoreReport",
    "encoder_report",
    "histogram_of",
    "report_from_dict",
    "report_splits",
    "stored_report",
]
