"""Numbers out of encoder reports, as a table: one row a measure, one column an encoder, differences beside.

>>> table = tabulate(of_metrics(), {"habitats:simclr": report, "habitats:byol": other})  # doctest: +SKIP
>>> table.cell("Mean Q", "habitats:byol").value  # doctest: +SKIP
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from qscore_core.alignment import KINDS, MaskShare
from qscore_core.encoder_report import WHOLE, Accuracy, EncoderReport, ScoreReport
from qscore_core.evaluation import SignalEvaluation
from qscore_core.model_metrics import METRICS, VIEW_METRICS, ModelMetric

KINDS_OF_METRICS = {"zeros": "share", "negatives": "share", "alignment": "score"}  # the others are counts

BETTER_IN = {"core": 1, "spurious": -1}  # an encoder should look at what makes a class

Interval = tuple[float, float]


@dataclass(frozen=True)
class Measured:
    """A number of an encoder, with its interval at 95 % where it has one."""

    value: float
    interval: Interval | None = None


@dataclass(frozen=True)
class Measure:
    """What is measured; `kind` says how it is written: `share` (0 to 1), `score`, `q`, `count`, `whole`, `setting`.

    `better` is +1 where more is better whatever the encoders, -1 where less is, and 0 where neither can be said.
    """

    title: str
    meaning: str
    kind: str
    of: Callable[[EncoderReport], Measured | None]
    better: int = 0


@dataclass(frozen=True)
class MeasureTable:
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

    def table(self, references: tuple[str, ...] = ()) -> pd.DataFrame:
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


def tabulate(measures: Iterable[Measure], reports: Mapping[str, EncoderReport]) -> MeasureTable:
    """Reports by the names that their columns get; a measure that none of them has is left out."""
    asked = tuple(measures)
    cells = {
        (measure.title, name): found
        for measure in asked
        for name, report in reports.items()
        if (found := measure.of(report)) is not None
    }
    told = {title for title, _ in cells}
    return MeasureTable(tuple(m for m in asked if m.title in told), tuple(reports), cells)


def of_accuracy(of: Accuracy) -> Measure:
    """The probe on the split and part that an example names."""

    def measured(report: EncoderReport) -> Measured | None:
        found = report.accuracy(of.split, of.part)
        return found and Measured(found.top1, (found.low, found.high))

    where = of.split if of.part == WHOLE else f"{of.split}, {of.part}"
    return Measure(f"Probe top-1, {where}", f"Of a linear probe, on {of.images:,} images.", "share", measured, better=1)


def of_score(title: str, meaning: str, kind: str, get: Callable[[ScoreReport], float], asked: str) -> Measure:
    """A number of the scores at an epsilon, `asked` as it was asked for."""
    return Measure(title, meaning, kind, lambda report: (found := report.score(asked)) and Measured(get(found)))


def mean_q(asked: str) -> Measure:
    return of_score("Mean Q", "Images at 0 included.", "q", lambda score: score.mean_q, asked)


def empty_share(asked: str) -> Measure:
    meaning = "Share of images in which no discriminative feature is highly active."
    return of_score("Q = 0", meaning, "share", lambda score: score.empty_share, asked)


JUDGED = {
    "AUROC of Q": "auroc",
    "AUPRC of Q, correct": "auprc_correct",
    "AUPRC of Q, mis-classified": "auprc_error",
}


def of_evaluation(asked: str) -> Iterator[Measure]:
    """How well Q predicts mistakes at an epsilon."""
    yield from (_judged(title, name, asked) for title, name in JUDGED.items())


# AUPRC starts from the share of correct or mis-classified images, which differs from encoder to encoder.
COMPARABLE = ("auroc",)


def _judged(title: str, name: str, asked: str) -> Measure:
    def measured(report: EncoderReport) -> Measured | None:
        score: ScoreReport | None = report.score(asked)
        judged: SignalEvaluation | None = score and score.evaluation
        return judged and Measured(getattr(judged, name), getattr(judged, f"{name}_ci"))

    meaning = "How well Q tells the probe's mistakes from what it gets right."
    return Measure(title, meaning, "score", measured, better=int(name in COMPARABLE))


def of_metric(metric: ModelMetric) -> Measure:
    def measured(report: EncoderReport) -> Measured | None:
        value = report.metrics.get(metric.key)
        return None if value is None else Measured(value)

    return Measure(metric.title, metric.meaning, KINDS_OF_METRICS.get(metric.key, "count"), measured)


def of_metrics() -> Iterator[Measure]:
    """All that `model_metrics` knows, those of several views where they were asked for."""
    yield from map(of_metric, (*METRICS, *VIEW_METRICS))


def of_heat() -> Iterator[Measure]:
    """Heat inside masks, by kind of mask."""
    for kind in KINDS:
        yield from _heat(kind)


def _heat(kind: str) -> Iterator[Measure]:
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
        better=BETTER_IN[kind],
    )
