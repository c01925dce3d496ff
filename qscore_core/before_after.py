"""Encoders before and after, as a table: one row a measure, one column an encoder, differences beside.

>>> table = compare({"before": before, "control": control, "q-score": after}, epsilon=2.2)  # doctest: +SKIP
>>> table.cell("Mean Q", "q-score").value  # doctest: +SKIP
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from qscore_core.alignment import KINDS, MaskShare
from qscore_core.encoder_report import WHOLE, Accuracy, EncoderReport, ScoreReport
from qscore_core.evaluation import SignalEvaluation
from qscore_core.model_metrics import METRICS

BEFORE = "before"
SHOWN_METRICS = ("zeros", "rankme")

Interval = tuple[float, float]


@dataclass(frozen=True)
class Measured:
    """A number of an encoder, with its interval at 95 % where it has one."""

    value: float
    interval: Interval | None = None


@dataclass(frozen=True)
class Measure:
    """What is measured: `kind` says how it is written (`share` from 0 to 1, `score`, `q`, `count`)."""

    title: str
    meaning: str
    kind: str
    of: Callable[[EncoderReport], Measured | None]


@dataclass(frozen=True)
class Comparison:
    """Measures of several encoders; `cells` by title and encoder, without those that cannot be had."""

    measures: tuple[Measure, ...]
    encoders: tuple[str, ...]
    cells: Mapping[tuple[str, str], Measured]

    def cell(self, title: str, encoder: str) -> Measured | None:
        return self.cells.get((title, encoder))

    def difference(self, title: str, encoder: str, reference: str) -> float | None:
        """The encoder's number minus the reference's, None where either is missing."""
        own, other = self.cell(title, encoder), self.cell(title, reference)
        return None if own is None or other is None else own.value - other.value

    def table(self, references: tuple[str, ...]) -> pd.DataFrame:
        """One row for each measure and encoder, with the differences against the references: for export."""
        rows = [
            {
                "measure": measure.title,
                "encoder": encoder,
                "value": cell.value,
                "low": cell.interval[0] if cell.interval else None,
                "high": cell.interval[1] if cell.interval else None,
                **{f"minus {other}": self.difference(measure.title, encoder, other) for other in references},
            }
            for measure in self.measures
            for encoder in self.encoders
            if (cell := self.cell(measure.title, encoder)) is not None
        ]
        return pd.DataFrame(rows)


def compare(reports: Mapping[str, EncoderReport], epsilon: float) -> Comparison:
    """Reports on the same data and splits, by the names that their columns get; scores are those at `epsilon`.

    A measure that none of the reports has (no labels, no masks) is left out.
    """
    measures = list(_measures(next(iter(reports.values())), f"{epsilon:g}"))
    cells = {
        (measure.title, name): found
        for measure in measures
        for name, report in reports.items()
        if (found := measure.of(report)) is not None
    }
    told = {title for title, _ in cells}
    return Comparison(tuple(m for m in measures if m.title in told), tuple(reports), cells)


def _measures(example: EncoderReport, epsilon: str) -> Iterator[Measure]:
    """What reports of this kind can tell; `example` knows the splits and parts."""
    for accuracy in example.accuracies:
        yield _accuracy_measure(accuracy)
    of_score = lambda get: lambda report: get(found) if (found := report.score(epsilon)) else None  # noqa: E731
    yield Measure("Mean Q", "Images at 0 included.", "q", of_score(lambda s: Measured(s.mean_q)))
    yield Measure(
        "Q = 0",
        "Share of images in which no discriminative feature is highly active.",
        "share",
        of_score(lambda s: Measured(s.empty_share)),
    )
    yield from (_judged(title, name, epsilon) for title, name in SIGNALS.items())
    for metric in METRICS:
        if metric.key in SHOWN_METRICS:
            kind = "share" if metric.key == "zeros" else "count"
            yield Measure(metric.title, metric.meaning, kind, _of_metric(metric.key))
    for kind in KINDS:
        yield from _heat_measures(kind)


SIGNALS = {
    "AUROC of Q": "auroc",
    "AUPRC of Q, correct": "auprc_correct",
    "AUPRC of Q, mis-classified": "auprc_error",
}


def _accuracy_measure(of: Accuracy) -> Measure:
    def measured(report: EncoderReport) -> Measured | None:
        found = report.accuracy(of.split, of.part)
        return found and Measured(found.top1, (found.low, found.high))

    where = of.split if of.part == WHOLE else f"{of.split}, {of.part}"
    return Measure(f"Probe top-1, {where}", f"Of a linear probe, on {of.images:,} images.", "share", measured)


def _judged(title: str, name: str, epsilon: str) -> Measure:
    def measured(report: EncoderReport) -> Measured | None:
        score: ScoreReport | None = report.score(epsilon)
        judged: SignalEvaluation | None = score and score.evaluation
        return judged and Measured(getattr(judged, name), getattr(judged, f"{name}_ci"))

    return Measure(title, "How well Q tells the probe's mistakes from what it gets right.", "score", measured)


def _of_metric(key: str) -> Callable[[EncoderReport], Measured | None]:
    return lambda report: Measured(report.metrics[key]) if report.metrics.get(key) is not None else None


def _heat_measures(kind: str) -> Iterator[Measure]:
    def share(report: EncoderReport) -> MaskShare | None:
        return report.heat and getattr(report.heat, kind)

    yield Measure(
        f"Heat in {kind} masks",
        "Share of the discriminative features' heat that lies inside, at the encoder's own automatic ε.",
        "share",
        lambda report: (found := share(report)) and Measured(found.share),
    )
    yield Measure(
        f"Heat in {kind} masks, beyond chance",
        "That share minus the mask's own share of the picture.",
        "share",
        lambda report: (found := share(report)) and Measured(found.lead, found.lead_ci),
    )
