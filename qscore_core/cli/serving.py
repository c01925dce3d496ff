"""Verbs for the app and for teaching with it."""

from pathlib import Path
from typing import Annotated, Any

import typer

from qscore_core.cli._app import app
from qscore_core.verbs._common import Session, verb


@app.command()
@verb
def lab(
    session: Session,
    dataset: Annotated[str, typer.Option(help="habitats, or a part of it: habitats?count=200.")] = "habitats",
    encoder: Annotated[str, typer.Option(help="The encoder that most steps are about.")] = "habitats:simclr",
    rival: Annotated[str, typer.Option(help="The one that it is compared with.")] = "habitats:simsiam",
    sheet: Annotated[Path | None, typer.Option(help="Writes the teacher's sheet, Markdown, with all answers.")] = None,
) -> dict[str, Any]:
    """Measures what the answers of the guided lab session are checked against."""
    from qscore_core.verbs.teaching import lab

    return lab(dataset, encoder, rival, sheet, session)


@app.command()
@verb
def serve(
    session: Session,
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8501,
    address: Annotated[
        str, typer.Option(help="127.0.0.1 keeps it to this machine; 0.0.0.0 opens it to others.")
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    folder: Annotated[
        list[Path] | None,
        typer.Option(help="Pages open weights below it (repeatable) [QSCORE_FOLDERS, else this folder]."),
    ] = None,
    classroom: Annotated[
        bool, typer.Option("--classroom", help="Nothing but Habitats and what was made here, `quick` training only.")
    ] = False,
) -> dict[str, Any]:
    """The app."""
    from qscore_core.verbs.serving import CLASSROOM, serve

    return serve(session, port, address, browser, folder or [], {CLASSROOM: "1"} if classroom else {})
