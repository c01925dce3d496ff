"""Reports that lie in the workspace: what fixes one, and opening it without making it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from qscore_core.alignment import HeatSettings
from qscore_core.encoder_report.splits import ReportSplits
from qscore_core.encoder_report.values import EncoderReport, report_from_dict
from qscore_core.evaluation import EvaluationSettings
from qscore_core.pipeline import Epsilon, Subject
from qscore_core.probe import ProbeSettings
from qscore_core.qscore import ScoreSettings
from qscore_core.representations import Representations
from qscore_core.workspace import Workspace, digest_of, is_whole, read_json

FORMAT = 2
KIND = "reports"
REPORT = "report.json"


@dataclass(frozen=True)
class ReportSettings:
    """`epsilons` at which the target split is scored; heat is taken at `auto`."""

    epsilons: tuple[Epsilon, ...] = (4.0, 3.0, 2.0, "auto")
    scores: ScoreSettings = field(default_factory=ScoreSettings)
    probe: ProbeSettings = field(default_factory=ProbeSettings)
    evaluation: EvaluationSettings = field(default_factory=EvaluationSettings)
    heat: HeatSettings = field(default_factory=HeatSettings)


STANDARD = ReportSettings()


def stored_report(
    subject: Subject,
    which: ReportSplits,
    rows: Mapping[str, Representations],
    workspace: Workspace,
    settings: ReportSettings = STANDARD,
) -> EncoderReport | None:
    """The report if it was made before on these representations (by split); computes nothing."""
    folder = workspace.root / KIND / digest_of(identity_of(subject, which, rows, settings))
    return report_from_dict(read_json(folder / REPORT)) if is_whole(folder) else None


def identity_of(
    subject: Subject, which: ReportSplits, rows: Mapping[str, Representations], settings: ReportSettings
) -> dict[str, Any]:
    """Everything that a report follows from."""
    return {
        "format": FORMAT,
        "encoder": subject.encoder,
        "dataset": subject.dataset,
        "which": asdict(which),
        "rows": {split: found.digest for split, found in rows.items()},
        "settings": asdict(settings),
    }
