"""Measures the facts of a lab session; every stage is the pipeline's, so that what is stored is reused."""

from dataclasses import replace

import numpy as np

from qscore_core.encoder_report import encoder_report, report_splits
from qscore_core.errors import DatasetError
from qscore_core.experiments import FinetuneRun, finetune_runs
from qscore_core.lab.facts import End, FeatureFact, LabFacts, Pull
from qscore_core.pipeline import (
    Analysis,
    Outcomes,
    Subject,
    analyse,
    outcomes_of,
    probe_of,
    representations_of,
    with_epsilon,
)
from qscore_core.probe import ProbeSettings
from qscore_core.progress import OnProgress, silent
from qscore_core.qscore import ScoreSettings
from qscore_core.run_standing import RunStanding, standings
from qscore_core.training.files import read_rows
from qscore_core.workspace import Workspace

ENCODER, RIVAL, DATASET = "habitats:simclr", "habitats:simsiam", "habitats"
ARM = "q-score"


def measure_facts(
    workspace: Workspace,
    dataset: str = DATASET,
    encoder: str = ENCODER,
    rival: str = RIVAL,
    on_progress: OnProgress = silent,
) -> LabFacts:
    """Both encoders on the data set; extracts and fits what is missing. Raises DatasetError for other data sets."""
    if dataset.partition("?")[0] != DATASET:
        raise DatasetError(f"The lab session is about `{DATASET}`, whose causes are known. Found `{dataset}`.")
    which = report_splits(dataset, workspace)
    reports = [encoder_report(Subject(ref, dataset), which, workspace, on_progress) for ref in (encoder, rival)]
    analysis, outcomes = _analysed(encoder, dataset, workspace, on_progress)
    lowest, highest = ends(analysis.scores.q, outcomes.correct)
    features = feature_facts(analysis)
    return LabFacts(dataset, encoder, rival, *reports, features, lowest, highest)


def _analysed(encoder: str, dataset: str, workspace: Workspace, on_progress: OnProgress) -> tuple[Analysis, Outcomes]:
    """Test split with D from train at the automatic epsilon, and what the probe says."""
    subject = Subject(encoder, dataset)
    fit, target = (
        representations_of(subject, split, workspace, on_progress).representations for split in ("train", "test")
    )
    settings = with_epsilon(ScoreSettings(), "auto", fit, workspace)
    probe = probe_of(fit, ProbeSettings(), workspace, on_progress)
    return analyse(target, fit, settings, workspace, on_progress), outcomes_of(probe, target, fit.classes)


def ends(q: np.ndarray, correct: np.ndarray) -> tuple[End, End]:
    """The lowest and the highest tenth of the images by Q [image], as the low-Q page cuts them."""
    order = np.argsort(q, kind="stable")
    size = len(q) // 10
    return tuple(End(len(rows), int((~correct[rows]).sum())) for rows in (order[:size], order[len(q) - size :]))  # type: ignore[return-value]


def feature_facts(analysis: Analysis) -> tuple[FeatureFact, ...]:
    """Of every feature that fires in an image of the fit split at all."""
    fit, epsilon = analysis.fit, analysis.settings.features.epsilon
    base = np.bincount(fit.labels, minlength=len(fit.classes)) / max(fit.images, 1)
    facts = []
    for feature in range(fit.dim):
        images, z = analysis.fit_index.images_of(feature)
        firing = images[z > epsilon]
        if len(firing):
            counts = np.bincount(fit.labels[firing], minlength=len(fit.classes))
            top = int(counts.argmax())
            inside = bool(analysis.features.discriminative[feature])
            purity = float(counts[top] / len(firing))
            facts.append(FeatureFact(feature, inside, len(firing), fit.classes[top], purity, float(base[top])))
    return tuple(facts)


def with_newest_run(facts: LabFacts, workspace: Workspace) -> LabFacts:
    """The facts with the gradients of the arm `q-score` trained last from this encoder and data, if there is one."""
    runs = [run for run in _runs(facts, workspace) if run.done]
    if not runs:
        return replace(facts, pull=None)
    newest = max(runs, key=lambda run: run.files.encoder.stat().st_mtime)
    last = read_rows(newest.files.metrics)[-1]
    norms = {name: float(last.get(f"gradient_{name}") or 0.0) for name in ("ssl", "q_score", "columns")}
    return replace(facts, pull=Pull(newest.run, **norms))


def run_under_way(facts: LabFacts, workspace: Workspace) -> RunStanding | None:
    """How the arm `q-score` stands that somebody has started and that is not done yet, None where there is none."""
    return next((one for one in standings(_runs(facts, workspace), workspace) if one.live), None)


def _runs(facts: LabFacts, workspace: Workspace) -> list[FinetuneRun]:
    """Arms `q-score` that start from the session's encoder and data."""
    runs = [run for run in finetune_runs(workspace) if run.arm == ARM]
    return [r for r in runs if (r.settings["parent"], r.settings["dataset"]) == (facts.encoder, facts.dataset)]
