"""What a report on an encoder holds, and its way to JSON and back."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy.stats import binomtest

from qscore_core.alignment import KINDS, HeatShares, MaskShare
from qscore_core.evaluation import SignalEvaluation

BINS = 40
FINEST_TOP = 0.1  # where the bins of the narrowest histogram end
WHOLE = "all"


@dataclass(frozen=True)
class Histogram:
    """Counts of Q in 40 equal bins from 0 to `top`, images without any highly active discriminative feature left out.

    `top` is 0.1 times a power of two, so that two histograms get the same bins by adding up neighbours (`widened`).
    """

    top: float
    counts: tuple[int, ...]

    def widened(self, top: float) -> "Histogram":
        """The same images in bins up to a larger `top` of the same series."""
        found = self
        while found.top < top:
            pairs = np.array(found.counts).reshape(-1, 2).sum(axis=1)
            found = Histogram(2 * found.top, (*map(int, pairs), *[0] * (BINS // 2)))
        return found


def histogram_of(q: np.ndarray) -> Histogram:
    """Of scores above 0; the narrowest of the series that holds them all."""
    top = FINEST_TOP
    while len(q) and q.max() > top:
        top *= 2
    counts, _ = np.histogram(q, BINS, (0, top))
    return Histogram(top, tuple(map(int, counts)))


@dataclass(frozen=True)
class Accuracy:
    """Top-1 of the linear probe on `images` images of a split or a part of it; `low` to `high` is Wilson's interval."""

    split: str
    part: str
    images: int
    top1: float
    low: float
    high: float


def accuracy_of(split: str, part: str, correct: np.ndarray, level: float) -> Accuracy:
    interval = binomtest(int(correct.sum()), len(correct)).proportion_ci(level, method="wilson")
    return Accuracy(split, part, len(correct), float(correct.mean()), float(interval.low), float(interval.high))


@dataclass(frozen=True)
class ScoreReport:
    """Q-Score of the target split at one epsilon; `asked` is that epsilon as it was asked for (`4`, `auto`).

    `mean_active` is the mean of |L_i|, `empty_share` the share of images with an empty L_i n D; their Q of 0 counts in
    `mean_q` and `quartiles`. `findings` are the fit check's sentences. `evaluation` is None without labels, or where
    the probe gets all images right or all wrong.
    """

    asked: str
    epsilon: float
    discriminative: int
    mean_active: float
    empty_share: float
    mean_q: float
    quartiles: tuple[float, float, float]
    histogram: Histogram
    suits: bool
    findings: tuple[str, ...]
    evaluation: SignalEvaluation | None


@dataclass(frozen=True)
class EncoderReport:
    """An encoder on a data set, in the numbers that a before/after needs.

    `accuracies` are of one linear probe fitted on the split `fit`, empty without labels; `scores` and `heat` are of the
    split `split` with D from `fit`; `metrics` (`model_metrics.METRICS`) are of `fit`. `heat` is None without masks.
    """

    encoder: str | None
    method: str
    arch: str
    dim: int
    dataset: str
    fit: str
    split: str
    fit_images: int
    images: int
    accuracies: tuple[Accuracy, ...]
    scores: tuple[ScoreReport, ...]
    metrics: dict[str, float]
    heat: HeatShares | None

    def accuracy(self, split: str, part: str = WHOLE) -> Accuracy | None:
        return next((found for found in self.accuracies if (found.split, found.part) == (split, part)), None)

    def score(self, asked: str) -> ScoreReport | None:
        return next((found for found in self.scores if found.asked == asked), None)

    @property
    def findings(self) -> tuple[str, ...]:
        """The fit check's sentences at all epsilons, each once."""
        return tuple(dict.fromkeys(finding for score in self.scores for finding in score.findings))

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def report_from_dict(found: dict[str, Any]) -> EncoderReport:
    """The report that `as_dict` (and JSON, which has lists only) came from."""
    return EncoderReport(
        **{
            **found,
            "accuracies": tuple(Accuracy(**accuracy) for accuracy in found["accuracies"]),
            "scores": tuple(map(_score, found["scores"])),
            "heat": _heat(found["heat"]),
        }
    )


def _score(found: dict[str, Any]) -> ScoreReport:
    histogram = Histogram(found["histogram"]["top"], tuple(found["histogram"]["counts"]))
    judged = found["evaluation"]
    return ScoreReport(
        **{
            **found,
            "quartiles": tuple(found["quartiles"]),
            "findings": tuple(found["findings"]),
            "histogram": histogram,
            "evaluation": None if judged is None else SignalEvaluation(**_with_tuples(judged)),
        }
    )


def _heat(found: dict[str, Any] | None) -> HeatShares | None:
    if found is None:
        return None
    shares = {kind: None if found[kind] is None else MaskShare(**_with_tuples(found[kind])) for kind in KINDS}
    return HeatShares(**{**found, **shares})


def _with_tuples(found: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in found.items()}
