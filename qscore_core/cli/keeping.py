"""Verbs on maps, named selections and work in the background."""

from pathlib import Path
from typing import Annotated, Any

import typer

from qscore_core.cli._app import app
from qscore_core.verbs._common import Session, verb
from qscore_core.verbs._options import Dataset, Encoder, Out, Split


@app.command()
@verb
def project(
    session: Session,
    dataset: Dataset,
    encoder: Encoder = None,
    split: Split = None,
    method: Annotated[str, typer.Option(help="pca, at once, or umap, in minutes.")] = "umap",
    neighbours: Annotated[int | None, typer.Option(help="Of UMAP [15].")] = None,
    min_dist: Annotated[float | None, typer.Option(help="Of UMAP, 0 to 1 [0.1].")] = None,
    most: Annotated[int | None, typer.Option(help="Images on the map; of more, every class keeps its share.")] = None,
    out: Out = None,
) -> dict[str, Any]:
    """A map of the representations on a plane, kept for the app."""
    from qscore_core.verbs.projecting import project_verb

    changes = {"neighbours": neighbours, "min_dist": min_dist, "most": most}
    return project_verb(encoder, dataset, split, method, changes, out, session)


@app.command()
@verb
def slices(
    session: Session,
    action: Annotated[str, typer.Argument(help="list, show, save, rename, delete, restore or export.")] = "list",
    name: Annotated[str | None, typer.Argument(help="Which slice.")] = None,
    dataset: Annotated[str | None, typer.Option(help="Whose images; as `slices list` shows it.")] = None,
    split: Split = None,
    ids: Annotated[Path | None, typer.Option(help="For `save`: a text file, one image id a line.")] = None,
    to: Annotated[str | None, typer.Option(help="For `rename`: the new name.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="For `export`: .csv, .parquet, .txt (ids) or .zip (pictures).")
    ] = None,
) -> list[dict[str, Any]]:
    """Named selections of images, as the app saves them."""
    from qscore_core.verbs.slicing import SliceRequest, slices

    return slices(action, SliceRequest(name, dataset, split, ids, to, out), session)


@app.command()
@verb
def jobs(
    session: Session,
    action: Annotated[str, typer.Argument(help="list, show, log, watch, cancel or resume.")] = "list",
    job: Annotated[str | None, typer.Argument(help="Which one.")] = None,
) -> list[dict[str, Any]]:
    """Work in the background."""
    from qscore_core.verbs.background import jobs

    return jobs(action, job, session)
