"""The command line: each verb parses its options, asks the core and returns the JSON document that it prints.

Imports stay inside the verbs so that `--help` answers at once.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from qscore_core.verbs._common import Session, verb

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="See why a self-supervised image encoder fails: discriminative features and Q-Score (arXiv 2203.01881).",
)

Encoder = Annotated[str | None, typer.Option(help="habitats:simclr, file:PATH, torchvision:NAME/WEIGHTS, run:ID.")]
Dataset = Annotated[str, typer.Option(help="habitats, folder:PATH, table:FILE, torchvision:NAME, features:NAME.")]
Split = Annotated[str | None, typer.Option(help="Split of the data set; may be left out where there is only one.")]
Train = Annotated[str, typer.Option(help="Split on which the linear probe is fitted.")]
Fit = Annotated[
    str | None, typer.Option(help="Split (or DATASET/SPLIT) on which D is found [train where there is one].")
]
BatchSize = Annotated[int, typer.Option(min=1, help="Images per forward pass.")]
Precision = Annotated[str, typer.Option(help="fp32, bf16 or fp16.")]
Workers = Annotated[int | None, typer.Option(min=0, help="Decoding processes [one fewer than the cores, at most 8].")]
Epsilon = Annotated[str, typer.Option(help="Standard deviations above the mean, or `auto` (label-free).")]
Percentiles = Annotated[tuple[float, float], typer.Option(help="Band of activation rates that is discriminative.")]
Normalize = Annotated[bool, typer.Option(help="L2-normalise each representation first, as the paper does.")]
FiringOnly = Annotated[bool, typer.Option("--firing-only", help="Percentiles over the features that fire at all.")]
TwoSided = Annotated[bool, typer.Option("--two-sided", help="|z| > epsilon, for representations with negatives.")]
Recipe = Annotated[str, typer.Option(help="fast: converged logistic regression; paper: SGD for 100 epochs.")]
Out = Annotated[Path | None, typer.Option(help="Result file, .parquet or .csv.")]


@app.command()
@verb
def encoders(session: Session) -> list[dict[str, Any]]:
    """The encoders that are known here."""
    from qscore_core.encoders import known_encoders

    return [asdict(entry) for entry in known_encoders(session.workspace)]


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
) -> dict[str, Any]:
    """Representations of a split on disk; goes on where an interrupted run stopped."""
    from qscore_core.extraction import ExtractSettings
    from qscore_core.pipeline import Subject, representations_of
    from qscore_core.representations import index_of

    settings = ExtractSettings(batch_size, precision, workers)  # type: ignore[arg-type]
    subject = Subject(encoder, dataset, session.device, settings)
    done = representations_of(subject, split, session.workspace, session.tell)
    stored = done.representations
    index_of(stored, session.workspace, on_progress=session.tell)
    for skipped in stored.skipped[:10]:
        session.say(f"skipped {skipped.path}: {skipped.reason}")
    return {
        "artefact": str(stored.folder),
        "split": stored.split,
        "images": stored.images,
        "dim": stored.dim,
        "skipped": [asdict(s) for s in stored.skipped],
        "reused": done.reused,
        "images_per_second": round(done.images_per_second, 1),
        "warnings": stored.about.get("warnings", []),
    }


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
    epsilon: Epsilon = "4",
) -> dict[str, Any]:
    """Probe accuracy against the share of features kept: the middle of A against random subsets (figure 2)."""
    from qscore_core.verbs.probing import compress

    return compress(encoder, dataset, train, split, epsilon, session)


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
) -> dict[str, Any]:
    """How well Q-Score and its rivals predict the linear probe's mistakes."""
    from qscore_core.verbs.scoring import ScoreRequest, evaluate

    request = ScoreRequest(encoder, dataset, split, fit, epsilon, percentiles, normalize, firing_only, two_sided, None)
    return evaluate(request, train, recipe, session)


@app.command()
@verb
def pretrain(
    session: Session,
    dataset: Dataset,
    method: Annotated[str, typer.Option(help="simclr.")] = "simclr",
    epochs: Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=2, help="Instead of the recipe's.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Instead of the recipe's.")] = None,
    precision: Annotated[
        str | None, typer.Option(help="Instead of the recipe's: 32-true, bf16-mixed, 16-mixed.")
    ] = None,
    run: Annotated[
        str | None, typer.Option(help="Name of the run; an interrupted one of that name is resumed.")
    ] = None,
) -> dict[str, Any]:
    """Trains an encoder with a self-supervised objective."""
    from qscore_core.verbs.pretraining import pretrain

    overrides = {"epochs": epochs, "batch_size": batch_size, "learning_rate": learning_rate, "precision": precision}
    return pretrain(method, dataset, overrides, run, session)


@app.command()
@verb
def jobs(
    session: Session,
    action: Annotated[str, typer.Argument(help="list, show, cancel or resume.")] = "list",
    job: Annotated[str | None, typer.Argument(help="Which one.")] = None,
) -> list[dict[str, Any]]:
    """Work in the background."""
    from qscore_core.verbs.background import jobs

    return jobs(action, job, session)


@app.command()
@verb
def serve(
    session: Session,
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8501,
    address: Annotated[
        str, typer.Option(help="127.0.0.1 keeps it to this machine; 0.0.0.0 opens it to others.")
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> dict[str, Any]:
    """The app."""
    from qscore_core.verbs.serving import serve

    return serve(session, port, address, browser)


def main() -> None:
    app()
