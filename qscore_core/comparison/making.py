"""From references to a comparison: every stage is the pipeline's, so that stored results are reused."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from qscore_core.comparison.values import Comparison, Member, put_together, require_comparable_refs
from qscore_core.encoder_report import ReportSettings, ReportSplits, encoder_report
from qscore_core.evaluation import EvaluationSettings
from qscore_core.pipeline import (
    Epsilon,
    Subject,
    analyse,
    outcomes_of,
    probe_of,
    representations_of,
    with_epsilon,
)
from qscore_core.probe import ProbeSettings
from qscore_core.progress import OnProgress, silent
from qscore_core.workspace import Workspace


@dataclass(frozen=True)
class CompareSettings:
    """`epsilon` of every encoder's Q (`auto`: each its own); `percentile` of Q at or below which an image is low."""

    epsilon: Epsilon = "auto"
    percentile: float = 50.0
    report: ReportSettings = field(default_factory=ReportSettings)

    @property
    def of_reports(self) -> ReportSettings:
        """Those of each encoder's report: scores at this epsilon alone."""
        return replace(self.report, epsilons=(self.epsilon,))


def compare_settings(epsilon: Epsilon, percentile: float = 50.0, seed: int = 0) -> CompareSettings:
    """Those of verbs and pages."""
    report = ReportSettings(probe=ProbeSettings(seed=seed), evaluation=EvaluationSettings(seed=seed))
    return CompareSettings(epsilon, percentile, report)


def compare(
    subjects: Sequence[Subject],
    which: ReportSplits,
    workspace: Workspace,
    settings: CompareSettings,
    on_progress: OnProgress = silent,
) -> Comparison:
    """Extracts, probes and reports on what is missing, then joins. Raises QScoreError as the stages do."""
    require_comparable_refs([str(subject.encoder) for subject in subjects])
    members = [member_of(subject, which, workspace, settings, on_progress) for subject in subjects]
    return put_together(members, settings.report.evaluation)


def member_of(
    subject: Subject,
    which: ReportSplits,
    workspace: Workspace,
    settings: CompareSettings,
    on_progress: OnProgress,
) -> Member:
    """One encoder, everything that is missing made on the way."""
    report = encoder_report(subject, which, workspace, on_progress, settings.of_reports)
    fit, target = (
        representations_of(subject, split, workspace, on_progress).representations
        for split in (which.fit, which.target)
    )
    chosen = with_epsilon(settings.report.scores, settings.epsilon, fit, workspace)
    outcomes = None
    if report.accuracies:
        probe = probe_of(fit, settings.report.probe, workspace, on_progress)
        outcomes = outcomes_of(probe, target, fit.classes)
    return Member(str(subject.encoder), analyse(target, fit, chosen, workspace, on_progress), outcomes, report)
