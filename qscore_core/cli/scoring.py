"""Verbs from pictures to scores: representations, Q, the probe, and what Q says of it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from qscore_core.cli._app import app
from qscore_core.verbs._common import Session, verb
from qscore_core.verbs._options import (
    BatchSize,
    Dataset,
    Devices,
    Encoder,
    Epsilon,
    FiringOnly,
    Fit,
    Nodes,
    Normalize,
    Out,
    Percentiles,
    Precision,
    ProbedFit,
    Recipe,
    ScoredSplit,
    Split,
    Train,
    TwoSided,
    ViewImages,
    Views,
    Workers,
)


@app.command()
@verb
def extract(
    session: Session,
    dataset: Dataset,
    encoder: Encoder = None,
    split: Split = None,
    batch_size: BatchSize = 64,
    precision: Precision = "fp32",
    workers: Workers = None,
    devices: Devices = 1,
    nodes: Nodes = 1,
) -> dict[str, Any]:
    """Representations of a split on disk; goes on where an interrupted run stopped."""
    from qscore_core.extraction import ExtractSettings
    from qscore_core.pipeline import Subject
    from qscore_core.verbs.extracting import extract

    settings = ExtractSettings(batch_size, precision, workers)  # type: ignore[arg-type]
    return extract(Subject(encoder, dataset, session.device, settings, devices, nodes), split, session)


@app.command()
@verb
def score(
    session: Session,
    dataset: Dataset,
    encoder: Encoder = None,
    split: Split = None,
    fit: Fit = None,
    epsilon: Epsilon = "4",
    percentiles: Percentiles = (50.0, 95.0),
    normalize: Normalize = True,
    firing_only: FiringOnly = False,
    two_sided: TwoSided = False,
    out: Out = None,
) -> dict[str, Any]:
    """Q-Score of every image of a split, with D found on the fit split."""
    from qscore_core.verbs.scoring import ScoreRequest, score

    return score(
        ScoreRequest(encoder, dataset, split, fit, epsilon, percentiles, normalize, firing_only, two_sided, out),
        session,
    )


@app.command()
@verb
def probe(
    session: Session,
    dataset: Dataset,
    encoder: Encoder = None,
    train: Train = "train",
    split: Split = "test",
    recipe: Recipe = "fast",
) -> dict[str, Any]:
    """Accuracy of a linear probe on stored representations."""
    from qscore_core.verbs.probing import probe

    return probe(encoder, dataset, train, split, recipe, session)


@app.command()
@verb
def compress(
    session: Session,
    dataset: Dataset,
    encoder: Encoder = None,
    train: Train = "train",
    split: Split = "test",
    fit: Annotated[
        str | None, typer.Option(help="Split, or DATASET/SPLIT of another data set, on which D is found [--train].")
    ] = None,
    epsilon: Epsilon = "4",
) -> dict[str, Any]:
    """Probe accuracy against the share of features kept: the middle of A, random subsets, PCA (figure 2)."""
    from qscore_core.verbs.probing import compress

    return compress(encoder, dataset, train, split, fit, epsilon, session)


@app.command()
@verb
def evaluate(
    session: Session,
    dataset: Dataset,
    encoder: Encoder = None,
    train: Train = "train",
    split: Split = "test",
    fit: Fit = None,
    epsilon: Epsilon = "4",
    percentiles: Percentiles = (50.0, 95.0),
    normalize: Normalize = True,
    firing_only: FiringOnly = False,
    two_sided: TwoSided = False,
    recipe: Recipe = "fast",
    also: Annotated[
        list[str] | None, typer.Option(help="Another encoder, for neighbourhood consistency; once for each.")
    ] = None,
    views: Views = 0,
    view_images: ViewImages = 10_000,
    out: Annotated[Path | None, typer.Option(help="Folder for tables, every signal of every image included.")] = None,
) -> dict[str, Any]:
    """How well Q-Score and its rivals predict the linear probe's mistakes."""
    from qscore_core.verbs.evaluating import EvaluateRequest, evaluate
    from qscore_core.verbs.scoring import ScoreRequest

    score = ScoreRequest(encoder, dataset, split, fit, epsilon, percentiles, normalize, firing_only, two_sided, out)
    return evaluate(EvaluateRequest(score, train, recipe, tuple(also or ()), views, view_images), session)


@app.command("encoder-report")
@verb
def encoder_report(
    session: Session,
    dataset: Dataset,
    encoder: Encoder = None,
    split: ScoredSplit = None,
    fit: ProbedFit = None,
    epsilon: Annotated[list[str] | None, typer.Option(help="Several may be named [4, 3, 2, auto].")] = None,
) -> dict[str, Any]:
    """An encoder on a data set: probe, Q-Scores at several epsilons, model metrics, heat inside masks."""
    from qscore_core.verbs.reporting import report

    return report(encoder, dataset, split, fit, epsilon, session)
