"""Encoders before and after: which measures of their reports are set beside each other.

>>> table = compare({"before": before, "control": control, "q-score": after}, epsilon=2.2)  # doctest: +SKIP
>>> table.cell("Mean Q", "q-score").value  # doctest: +SKIP
"""

from collections.abc import Iterator, Mapping

from qscore_core.encoder_report import EncoderReport
from qscore_core.measures import (
    Measure,
    MeasureTable,
    empty_share,
    mean_q,
    of_accuracy,
    of_evaluation,
    of_heat,
    of_metric,
    tabulate,
)
from qscore_core.model_metrics import METRICS

BEFORE = "before"
SHOWN_METRICS = ("zeros", "rankme")


def compare(reports: Mapping[str, EncoderReport], epsilon: float) -> MeasureTable:
    """Reports on the same data and splits, by the names that their columns get; scores are those at `epsilon`.

    A measure that none of the reports has (no labels, no masks) is left out.
    """
    return tabulate(_measures(next(iter(reports.values())), f"{epsilon:g}"), reports)


def _measures(example: EncoderReport, epsilon: str) -> Iterator[Measure]:
    """What reports of this kind can tell; `example` knows the splits and parts."""
    yield from map(of_accuracy, example.accuracies)
    yield mean_q(epsilon)
    yield empty_share(epsilon)
    yield from of_evaluation(epsilon)
    yield from (of_metric(metric) for metric in METRICS if metric.key in SHOWN_METRICS)
    yield from of_heat()
