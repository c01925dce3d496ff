"""Verbs on single images and groups of them."""

from typing import Annotated, Any

import typer

from qscore_core.cli._app import app
from qscore_core.verbs._common import Session, verb
from qscore_core.verbs._options import (
    Dataset,
    Encoder,
    Epsilon,
    FiringOnly,
    Fit,
    Normalize,
    Percentiles,
    Split,
    TwoSided,
)


@app.command("find-slices")
@verb
def find_slices(
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
    clusters: Annotated[int, typer.Option(help="Of the representations, by k-means.")] = 20,
    low: Annotated[float, typer.Option(help="Percent of the images, those with the lowest Q, that count as low.")] = 33,
    save: Annotated[str | None, typer.Option(help="Keep what is found as slices whose names begin so.")] = None,
) -> list[dict[str, Any]]:
    """Groups of images with low Q, found without labels and told by what they clearly share."""
    from qscore_core.slice_search import SearchSettings
    from qscore_core.verbs.finding_slices import FindRequest, find_slices_verb
    from qscore_core.verbs.scoring import ScoreRequest

    score = ScoreRequest(encoder, dataset, split, fit, epsilon, percentiles, normalize, firing_only, two_sided, None)
    settings = SearchSettings(clusters=clusters, low=low, seed=session.seed)
    return find_slices_verb(FindRequest(score, settings, save), session)


@app.command()
@verb
def explain(
    session: Session,
    dataset: Dataset,
    image: Annotated[str, typer.Option(help="Its id in the table of scores.")],
    encoder: Encoder = None,
    split: Split = None,
    fit: Fit = None,
    epsilon: Epsilon = "4",
    percentiles: Percentiles = (50.0, 95.0),
) -> dict[str, Any]:
    """Why the Q of an image is low (or not): its factors, usual features that are silent, what fires instead."""
    from qscore_core.verbs.explaining import explain_image
    from qscore_core.verbs.scoring import ScoreRequest

    score = ScoreRequest(encoder, dataset, split, fit, epsilon, percentiles, True, False, False, None)
    return explain_image(image, score, session)
