"""`encoder-report`: the numbers of an encoder that a before/after compares."""

from dataclasses import replace
from typing import Any

from qscore_core.encoder_report import ReportSettings, encoder_report, report_splits
from qscore_core.evaluation import EvaluationSettings
from qscore_core.pipeline import Subject
from qscore_core.probe import ProbeSettings
from qscore_core.verbs._common import Session
from qscore_core.verbs._epsilon import parse_epsilon


def report(
    encoder: str | None, dataset: str, split: str | None, fit: str | None, epsilons: list[str] | None, session: Session
) -> dict[str, Any]:
    """The report as JSON can hold it; a second call answers from the workspace."""
    subject = Subject(encoder, dataset, session.device)
    settings = ReportSettings(
        probe=ProbeSettings(seed=session.seed),
        evaluation=EvaluationSettings(seed=session.seed),
    )
    if epsilons:
        settings = replace(settings, epsilons=tuple(map(parse_epsilon, epsilons)))
    which = report_splits(dataset, session.workspace, fit, split)
    found = encoder_report(subject, which, session.workspace, session.tell, settings)
    for finding in found.findings:
        session.say(f"Note: {finding}")
    return found.as_dict()
