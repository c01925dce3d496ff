"""Verbs that put encoders side by side, and write down what was found."""

from pathlib import Path
from typing import Annotated, Any

import typer

from qscore_core.cli._app import app
from qscore_core.verbs._common import Session, verb
from qscore_core.verbs._options import Dataset, LowPercentile, OwnEpsilon, ProbedFit, ScoredSplit, ViewImages, Views


@app.command()
@verb
def compare(
    session: Session,
    encoders: Annotated[list[str], typer.Argument(help="Two to eight encoders: habitats:byol, file:PATH, run:ID.")],
    dataset: Dataset,
    split: ScoredSplit = None,
    fit: ProbedFit = None,
    epsilon: OwnEpsilon = "auto",
    percentile: LowPercentile = 50.0,
    neighbours: Annotated[
        bool, typer.Option("--neighbours", help="Also: how far they agree on an image's nearest fit images.")
    ] = False,
    views: Views = 0,
    view_images: ViewImages = 1000,
    out: Annotated[Path | None, typer.Option(help="One row an encoder, .parquet or .csv.")] = None,
    images_out: Annotated[Path | None, typer.Option(help="One row an image, .parquet or .csv.")] = None,
) -> dict[str, Any]:
    """Encoders side by side on the same images: who fails where, alone and together, and what their features share."""
    from qscore_core.verbs._epsilon import parse_epsilon
    from qscore_core.verbs.comparing import CompareRequest, MoreRequest, compare_verb

    more = MoreRequest(neighbours, views, view_images)
    asked = parse_epsilon(epsilon)
    return compare_verb(
        CompareRequest(tuple(encoders), dataset, split, fit, asked, percentile, more, out, images_out), session
    )


@app.command()
@verb
def report(
    session: Session,
    encoders: Annotated[list[str], typer.Argument(help="One encoder, or two to eight to compare.")],
    dataset: Dataset,
    split: ScoredSplit = None,
    fit: ProbedFit = None,
    epsilon: OwnEpsilon = "auto",
    percentile: LowPercentile = 50.0,
    slices: Annotated[
        list[str] | None, typer.Option("--slice", help="A saved slice of the scored split to show; may be repeated.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="A folder or .zip with all tables, or .html alone [a .zip in the workspace].")
    ] = None,
) -> dict[str, Any]:
    """One HTML file that opens without a network: numbers, plots, pictures, and how they were made."""
    from qscore_core.verbs._epsilon import parse_epsilon
    from qscore_core.verbs.html_reporting import HtmlReportRequest, html_report

    asked = parse_epsilon(epsilon)
    shown = tuple(slices or ())
    return html_report(HtmlReportRequest(tuple(encoders), dataset, split, fit, asked, percentile, shown, out), session)
