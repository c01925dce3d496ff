"""From an encoder and a data set to the report: every stage is the pipeline's, so that stored results are reused."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from qscore_core.alignment import AlignmentSettings, HeatShares, align, heat_shares
from qscore_core.datasets import open_dataset
from qscore_core.devices import pick_device
from qscore_core.encoder_report.splits import ReportSplits
from qscore_core.encoder_report.stored import KIND, REPORT, STANDARD, ReportSettings, identity_of
from qscore_core.encoder_report.values import (
    WHOLE,
    Accuracy,
    EncoderReport,
    ScoreReport,
    accuracy_of,
    histogram_of,
    report_from_dict,
)
from qscore_core.encoders import load_encoder
from qscore_core.evaluation import EvaluationSettings, evaluate_signal
from qscore_core.model_metrics import model_metrics
from qscore_core.pipeline import (
    Analysis,
    Epsilon,
    Outcomes,
    Subject,
    analyse,
    outcomes_of,
    probe_of,
    representations_of,
    with_epsilon,
)
from qscore_core.progress import OnProgress, silent
from qscore_core.representations import Representations
from qscore_core.workspace import MANIFEST, Workspace, digest_of, is_whole, read_json, write_json

HABITAT = "habitat_fits"  # a column of the table of images, bool
PARTS = {True: "habitat fits", False: "habitat does not fit"}


@dataclass(frozen=True, eq=False)
class _Material:
    """What the parts of a report are made from."""

    subject: Subject
    which: ReportSplits
    rows: dict[str, Representations]
    workspace: Workspace
    settings: ReportSettings
    on_progress: OnProgress

    @property
    def fit(self) -> Representations:
        return self.rows[self.which.fit]

    @property
    def target(self) -> Representations:
        return self.rows[self.which.target]

    def analysis(self, epsilon: Epsilon) -> Analysis:
        settings = with_epsilon(self.settings.scores, epsilon, self.fit, self.workspace)
        return analyse(self.target, self.fit, settings, self.workspace, self.on_progress)


def encoder_report(
    subject: Subject,
    which: ReportSplits,
    workspace: Workspace,
    on_progress: OnProgress = silent,
    settings: ReportSettings = STANDARD,
) -> EncoderReport:
    """The report, made once and kept in the workspace; extracts what is missing.

    Without labels it has no accuracies and no evaluations, without masks no heat. Raises QScoreError as the stages do.
    """
    rows = {split: representations_of(subject, split, workspace, on_progress).representations for split in which.names}
    identity = identity_of(subject, which, rows, settings)
    folder = workspace.artefact(KIND, digest_of(identity))
    with workspace.lock(folder, wait_seconds=3600):
        if not is_whole(folder):
            made = _made(_Material(subject, which, rows, workspace, settings, on_progress))
            write_json(folder / REPORT, made.as_dict())
            write_json(folder / MANIFEST, identity)
    return report_from_dict(read_json(folder / REPORT))


def _made(material: _Material) -> EncoderReport:
    fit, target = material.fit, material.target
    outcomes = _outcomes(material)
    return EncoderReport(
        encoder=material.subject.encoder,
        method=str(fit.about.get("method", "")),
        arch=str(fit.about.get("arch", "")),
        dim=fit.dim,
        dataset=material.subject.dataset,
        fit=fit.split,
        split=target.split,
        fit_images=fit.images,
        images=target.images,
        accuracies=tuple(_accuracies(material, outcomes)),
        scores=_scores(material, outcomes.get(target.split)),
        metrics=model_metrics(fit, material.on_progress),
        heat=_heat(material),
    )


def _outcomes(material: _Material) -> dict[str, Outcomes]:
    """By split, for one probe; none without labels, or where only the probe's own images could be asked about."""
    fit, asked = material.fit, [name for name in material.which.names if name != material.which.fit]
    asked = [name for name in asked if material.rows[name].labelled]
    if not fit.labelled or not asked:
        return {}
    probe = probe_of(fit, material.settings.probe, material.workspace, material.on_progress)
    return {name: outcomes_of(probe, material.rows[name], fit.classes) for name in asked}


def _accuracies(material: _Material, outcomes: dict[str, Outcomes]) -> Iterator[Accuracy]:
    """Of whole splits, the target first; of the target also by whether the habitat fits, where the table knows it."""
    level = material.settings.evaluation.level
    for split, found in outcomes.items():
        yield accuracy_of(split, WHOLE, found.correct, level)
        table = material.rows[split].table
        if split == material.which.target and HABITAT in table and table[HABITAT].dtype == bool:
            fits = table[HABITAT].to_numpy()
            for value, name in PARTS.items():
                if (fits == value).any():
                    yield accuracy_of(split, name, found.correct[fits == value], level)


def _scores(material: _Material, outcomes: Outcomes | None) -> tuple[ScoreReport, ...]:
    """At every epsilon asked for; two that come to the same number share the work."""
    found: dict[float, ScoreReport] = {}
    reports = []
    for epsilon in material.settings.epsilons:
        analysis = material.analysis(epsilon)
        number = analysis.settings.features.epsilon
        asked = epsilon if epsilon == "auto" else f"{epsilon:g}"
        if number not in found:
            found[number] = _score(asked, analysis, outcomes, material.settings.evaluation)
        reports.append(replace(found[number], asked=asked))
    return tuple(reports)


def _score(asked: str, analysis: Analysis, outcomes: Outcomes | None, how: EvaluationSettings) -> ScoreReport:
    q, check = analysis.scores.q, analysis.check
    judged = outcomes is not None and 0 < outcomes.correct.sum() < len(outcomes.correct)
    return ScoreReport(
        asked=asked,
        epsilon=analysis.settings.features.epsilon,
        discriminative=analysis.features.count,
        mean_active=check.mean_active,
        empty_share=check.empty_share,
        mean_q=float(q.mean()),
        quartiles=tuple(map(float, np.quantile(q, (0.25, 0.5, 0.75)))),
        histogram=histogram_of(q[analysis.scores.discriminative_active > 0]),
        suits=check.suits,
        findings=check.findings,
        evaluation=evaluate_signal("q_score", q, outcomes.correct, how) if judged else None,
    )


def _heat(material: _Material) -> HeatShares | None:
    subject = material.subject
    if subject.encoder is None:
        return None
    dataset = open_dataset(subject.dataset, material.which.target, workspace=material.workspace)
    if not dataset.has_masks:
        return None
    encoder = load_encoder(subject.encoder, workspace=material.workspace, device=pick_device(subject.device))
    workers, how = subject.extraction.worker_count, material.settings.heat
    settings = AlignmentSettings(images=how.images, top=1)  # a report shows nothing of single features
    alignment = align(
        encoder, dataset, material.analysis("auto"), material.workspace, settings, workers, material.on_progress
    )
    return heat_shares(alignment, how.level)
