"""Verbs on what there is to look at: encoders, data sets, arrays made elsewhere."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from qscore_core.cli._app import app
from qscore_core.verbs._common import Session, verb
from qscore_core.verbs._options import Dataset, Encoder, Split


@app.command()
@verb
def encoders(
    session: Session,
    search: Annotated[str, typer.Option(help="Words that should all occur in a row.")] = "",
    method: Annotated[str | None, typer.Option(help="simclr, swav, moco, byol, dino, ..., supervised.")] = None,
) -> list[dict[str, Any]]:
    """The encoders that are known here, published ones included."""
    from qscore_core.encoders import search_encoders

    return [asdict(entry) for entry in search_encoders(session.workspace, search, method)]


@app.command()
@verb
def fetch(
    session: Session,
    name: Annotated[str, typer.Argument(help="catalog:NAME (or NAME), or hub:OWNER/NAME.")],
    file: Annotated[Path | None, typer.Option(help="You have the file already: it is checked and copied.")] = None,
) -> dict[str, Any]:
    """Brings a published encoder into the workspace; goes on where an interrupted download stopped."""
    from qscore_core.verbs.fetching import fetch

    return fetch(name, file, session)


@app.command()
@verb
def datasets(session: Session) -> list[dict[str, Any]]:
    """The data sets that are known here."""
    from qscore_core.datasets import known_datasets

    return [asdict(entry) for entry in known_datasets(session.workspace)]


@app.command()
@verb
def inspect(session: Session, file: Annotated[Path, typer.Argument(help="A checkpoint.")]) -> dict[str, Any]:  # noqa: ARG001
    """What a checkpoint holds, without running any code in it."""
    from qscore_core.encoders import inspect_checkpoint

    return asdict(inspect_checkpoint(file))


@app.command("try")
@verb
def try_(
    session: Session,
    encoder: Encoder,
    dataset: Dataset,
    split: Split = None,
    images: Annotated[int, typer.Option(min=1, help="How many, spread over the split.")] = 64,
    epsilon: Annotated[float, typer.Option(min=0.5, max=10, help="For the number of highly active features.")] = 4.0,
) -> dict[str, Any]:
    """A look at an encoder on a few images: speed, sparsity, and what to beware of."""
    from qscore_core.verbs.trying import try_encoder

    return try_encoder(encoder, dataset, split, images, epsilon, session)


@app.command("import-features")
@verb
def import_features(
    session: Session,
    file: Annotated[Path, typer.Argument(help="N x r array: .npy, .npz or .parquet.")],
    name: Annotated[str, typer.Option(help="The array is then `features:NAME`.")],
    labels: Annotated[Path | None, typer.Option(help="One label a row: .npy or text.")] = None,
    images: Annotated[Path | None, typer.Option(help="One image path a row, to see the pictures.")] = None,
    split: Annotated[str, typer.Option(help="Which split the rows are.")] = "all",
) -> dict[str, Any]:
    """Brings in representations made elsewhere."""
    from qscore_core.imported import ImportRequest, import_features

    stored = import_features(ImportRequest(file, name, split, labels, images), session.workspace)
    return {"ref": stored.ref, "images": stored.images, "dim": stored.dim, "split": stored.split}
