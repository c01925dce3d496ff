"""What the lab session's answers are checked against: numbers measured on the real data, never typed in."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from qscore_core.encoder_report import EncoderReport
from qscore_core.encoder_report.values import report_from_dict

PAPER, AUTO = "4", "auto"
FITS, FITS_NOT = "habitat fits", "habitat does not fit"
SWAPPED = "swapped"


@dataclass(frozen=True)
class FeatureFact:
    """Where a feature fires on the fit split at the automatic epsilon.

    `firing` images, `purity` of them (0 to 1) of class `top_class`, which makes up the share `base` of the split.
    """

    feature: int
    discriminative: bool
    firing: int
    top_class: str
    purity: float
    base: float

    @property
    def lift(self) -> float:
        """How many times more often than in the whole split the class is met where the feature fires."""
        return self.purity / self.base if self.base else 0.0


@dataclass(frozen=True)
class End:
    """A tenth of the ranking by Q: how many images it has, and how many of them the probe gets wrong."""

    images: int
    wrong: int


@dataclass(frozen=True)
class Pull:
    """Norms of the gradients on the representations in a fine-tuning run's last epoch: SSL loss, Q and column term."""

    run: str
    ssl: float
    q_score: float
    columns: float


@dataclass(frozen=True)
class LabFacts:
    """Everything that the questions ask about; `pull` is None until an arm `q-score` was trained here."""

    dataset: str
    encoder: str
    rival: str
    report: EncoderReport
    rival_report: EncoderReport
    features: tuple[FeatureFact, ...]
    lowest: End
    highest: End
    pull: Pull | None = None

    def accuracy(self, split: str, part: str = "all") -> float:
        """Top-1 of the linear probe on the first encoder, 0 to 1."""
        return _accuracy(self.report, split, part)

    def rival_accuracy(self, split: str, part: str = "all") -> float:
        return _accuracy(self.rival_report, split, part)

    @property
    def auto_epsilon(self) -> float:
        return _auto_epsilon(self.report)

    @property
    def rival_auto_epsilon(self) -> float:
        return _auto_epsilon(self.rival_report)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def _accuracy(report: EncoderReport, split: str, part: str) -> float:
    found = report.accuracy(split, part)
    return 0.0 if found is None else found.top1


def _auto_epsilon(report: EncoderReport) -> float:
    found = report.score(AUTO)
    assert found is not None  # the facts are measured at both epsilons
    return found.epsilon


def facts_from_dict(found: Mapping[str, Any]) -> LabFacts:
    """The facts that `as_dict` (and JSON) came from."""
    pull = found["pull"]
    return LabFacts(
        **{
            **found,
            "report": report_from_dict(found["report"]),
            "rival_report": report_from_dict(found["rival_report"]),
            "features": tuple(FeatureFact(**fact) for fact in found["features"]),
            "lowest": End(**found["lowest"]),
            "highest": End(**found["highest"]),
            "pull": None if pull is None else Pull(**pull),
        }
    )
