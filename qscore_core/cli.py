"""The command line: each verb parses its options, asks the core and returns the JSON document that it prints.

Imports stay inside the verbs so that `--help` answers at once.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from qscore_core.verbs._common import Session, verb
from qscore_core.verbs._options import (
    BatchSize,
    Dataset,
    Devices,
    Encoder,
    Epochs,
    Epsilon,
    FiringOnly,
    Fit,
    LearningRate,
    MicroBatch,
    Nodes,
    Normalize,
    Out,
    Percentiles,
    Precision,
    Recipe,
    RunName,
    Split,
    Train,
    TrainBatch,
    TrainPrecision,
    TwoSided,
    ViewImages,
    Views,
    Workers,
)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="See why a self-supervised image encoder fails: discriminative features and Q-Score (arXiv 2203.01881).",
)


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
    split: Annotated[str | None, typer.Option(help="Split that is scored [test, or the only one].")] = None,
    fit: Annotated[str | None, typer.Option(help="Split of D and of the probe [train, or the only one].")] = None,
    epsilon: Annotated[list[str] | None, typer.Option(help="Several may be named [4, 3, 2, auto].")] = None,
) -> dict[str, Any]:
    """An encoder on a data set: probe, Q-Scores at several epsilons, model metrics, heat inside masks."""
    from qscore_core.verbs.reporting import report

    return report(encoder, dataset, split, fit, epsilon, session)


@app.command()
@verb
def compare(
    session: Session,
    encoders: Annotated[list[str], typer.Argument(help="Two to eight encoders: habitats:byol, file:PATH, run:ID.")],
    dataset: Dataset,
    split: Annotated[str | None, typer.Option(help="Split that is scored [test, or the only one].")] = None,
    fit: Annotated[str | None, typer.Option(help="Split of D and of the probe [train, or the only one].")] = None,
    epsilon: Annotated[str, typer.Option(help="Standard deviations above the mean, or `auto`: each its own.")] = "auto",
    percentile: Annotated[float, typer.Option(help="Of an encoder's Q, at or below which an image is low.")] = 50.0,
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
    split: Annotated[str | None, typer.Option(help="Split that is scored [test, or the only one].")] = None,
    fit: Annotated[str | None, typer.Option(help="Split of D and of the probe [train, or the only one].")] = None,
    epsilon: Annotated[str, typer.Option(help="Standard deviations above the mean, or `auto`: each its own.")] = "auto",
    percentile: Annotated[float, typer.Option(help="Of an encoder's Q, at or below which an image is low.")] = 50.0,
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
    """Groups of images with low Q, found without labels and described by what the table knows of them."""
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


@app.command()
@verb
def heatmaps(
    session: Session,
    dataset: Dataset,
    out: Annotated[Path, typer.Option(help="Folder for one PNG an image and `maps.npz`, the arrays.")],
    encoder: Encoder = None,
    split: Split = None,
    images: Annotated[list[str] | None, typer.Option(help="Id of an image; once for each.")] = None,
    lowest_q: Annotated[int | None, typer.Option(min=1, help="Instead: so many images, lowest Q-Score first.")] = None,
    target: Annotated[
        str, typer.Option(help="feature:NUMBER, discriminative, all, class:NAME, norm or similar:ID.")
    ] = "discriminative",
    method: Annotated[
        str,
        typer.Option(
            help="closed_form, grad_cam, guided_grad_cam, saliency, input_x_gradient, integrated_gradients, "
            "smooth_grad or occlusion."
        ),
    ] = "grad_cam",
    layer: Annotated[
        str | None, typer.Option(help="Stage that Grad-CAM looks at, layer1 to layer4 [the last].")
    ] = None,
    sign: Annotated[str, typer.Option(help="positive, absolute or signed.")] = "positive",
    scale: Annotated[str, typer.Option(help="image: each map's own; shared: one for all maps.")] = "image",
    smoothing: Annotated[float, typer.Option(min=0, help="Standard deviation of a Gaussian in pixels.")] = 0.0,
    opacity: Annotated[float, typer.Option(min=0, max=1, help="Of the map over the picture.")] = 0.5,
    train: Train = "train",
    fit: Fit = None,
    epsilon: Epsilon = "4",
    percentiles: Percentiles = (50.0, 95.0),
) -> dict[str, Any]:
    """Where in a picture a feature, the discriminative features or a class score comes from."""
    from qscore_core.heatmaps import DisplaySettings
    from qscore_core.verbs.heatmaps import HeatmapRequest, heatmaps
    from qscore_core.verbs.scoring import ScoreRequest

    score = ScoreRequest(encoder, dataset, split, fit, epsilon, percentiles, True, False, False, None)
    display = DisplaySettings(sign, scale, smoothing)
    chosen = tuple(images or ())
    return heatmaps(
        HeatmapRequest(score, chosen, lowest_q, target, method, layer, train, display, opacity, out), session
    )


@app.command()
@verb
def align(
    session: Session,
    dataset: Dataset,
    encoder: Encoder = None,
    split: Split = None,
    metric: Annotated[
        str,
        typer.Option(help="heat_iou (the paper's), binary_iou, soft_iou, mass, rank_accuracy, pointing_game or auc."),
    ] = "heat_iou",
    heat_threshold: Annotated[float, typer.Option(help="Hot is what reaches this share of a map's maximum.")] = 0.5,
    mask_threshold: Annotated[float, typer.Option(help="Inside is where a mask from 0 to 1 reaches this.")] = 0.5,
    top: Annotated[int, typer.Option(help="Images on which each feature is judged, its strongest.")] = 20,
    images: Annotated[int | None, typer.Option(help="Only the first so many images of the split.")] = None,
    train: Train = "train",
    fit: Fit = None,
    epsilon: Epsilon = "4",
    percentiles: Percentiles = (50.0, 95.0),
    normalize: Normalize = True,
    firing_only: FiringOnly = False,
    two_sided: TwoSided = False,
    out: Annotated[Path | None, typer.Option(help="One row an image, .parquet or .csv.")] = None,
    features_out: Annotated[
        Path | None, typer.Option(help="One row a discriminative feature, those that rely on the background first.")
    ] = None,
    sweep_out: Annotated[Path | None, typer.Option(help="Heat-weighted IoU at other thresholds.")] = None,
    after: Annotated[
        str | None, typer.Option(help="What became of the encoder, run:ID: whose outcome changed, and where both look.")
    ] = None,
    changes_out: Annotated[Path | None, typer.Option(help="One row an image, before and after.")] = None,
) -> dict[str, Any]:
    """How far the discriminative features look at the core and at the spurious parts of pictures with masks."""
    from qscore_core.alignment import AlignmentSettings, Thresholds
    from qscore_core.verbs.aligning import AlignRequest, align_verb
    from qscore_core.verbs.scoring import ScoreRequest

    score = ScoreRequest(encoder, dataset, split, fit, epsilon, percentiles, normalize, firing_only, two_sided, out)
    settings = AlignmentSettings(Thresholds(heat_threshold, mask_threshold), top, images, seed=session.seed)
    return align_verb(
        AlignRequest(score, settings, metric, train, features_out, sweep_out, after, changes_out), session
    )


@app.command()
@verb
def pretrain(
    session: Session,
    dataset: Dataset,
    method: Annotated[str, typer.Option(help="simclr, swav, moco, byol, dino, simsiam, vicreg or barlow.")] = "simclr",
    epochs: Epochs = None,
    batch_size: TrainBatch = None,
    learning_rate: LearningRate = None,
    precision: TrainPrecision = None,
    micro_batch: MicroBatch = None,
    devices: Devices = 1,
    nodes: Nodes = 1,
    run: RunName = None,
) -> dict[str, Any]:
    """Trains an encoder with a self-supervised objective."""
    from qscore_core.verbs.pretraining import pretrain

    overrides = {
        "epochs": epochs,
        "batch_size": batch_size,
        "learning_rate": learning_rate,
        "precision": precision,
        "micro_batch": micro_batch,
    }
    return pretrain(method, dataset, overrides, devices, nodes, run, session)


@app.command()
@verb
def finetune(
    session: Session,
    dataset: Dataset,
    encoder: Annotated[str, typer.Option(help="The encoder to continue: habitats:simclr, run:ID, file:PATH.")],
    arm: Annotated[
        str,
        typer.Option(help="control, q-score, lasso, tuned, q-term-alone or column-term-alone."),
    ] = "q-score",
    recipe: Annotated[str, typer.Option(help="paper: 50 epochs at 1e-5 with LARS; quick: a look.")] = "paper",
    split: Split = None,
    method: Annotated[str | None, typer.Option(help="Objective, where the encoder's own is not known.")] = None,
    epochs: Epochs = None,
    batch_size: TrainBatch = None,
    optimizer: Annotated[str | None, typer.Option(help="lars, adamw or sgd, instead of the recipe's.")] = None,
    learning_rate: LearningRate = None,
    weight_decay: Annotated[float | None, typer.Option(min=0, help="Instead of the recipe's.")] = None,
    warmup_epochs: Annotated[float | None, typer.Option(min=0, help="Instead of the recipe's.")] = None,
    precision: TrainPrecision = None,
    epsilon: Annotated[
        str | None, typer.Option(help="Of D and Q, a number or `auto`, instead of the recipe's.")
    ] = None,
    percentiles: Annotated[tuple[float, float] | None, typer.Option(help="Of D, instead of the recipe's.")] = None,
    refresh_epochs: Annotated[
        int | None, typer.Option(min=0, help="Find D again after so many epochs [0: once, before training].")
    ] = None,
    head_warmup_steps: Annotated[int | None, typer.Option(min=0, help="For encoders that come without heads.")] = None,
    q_weight: Annotated[float | None, typer.Option(min=0, help="lambda1, instead of the arm's.")] = None,
    column_weight: Annotated[float | None, typer.Option(min=0, help="lambda2, instead of the arm's.")] = None,
    lasso_weight: Annotated[float | None, typer.Option(min=0, help="Instead of the arm's.")] = None,
    weight_scale: Annotated[
        str | None, typer.Option(help="absolute, or gradient: relative to the SSL loss's gradient.")
    ] = None,
    micro_batch: MicroBatch = None,
    devices: Devices = 1,
    nodes: Nodes = 1,
    run: RunName = None,
    estimate: Annotated[bool, typer.Option("--estimate", help="Only measure what it would take.")] = False,
) -> dict[str, Any]:
    """Continues an encoder's own objective with the Q-Score regulariser, or an arm to compare it with."""
    from qscore_core.verbs._epsilon import parse_epsilon
    from qscore_core.verbs.finetuning import FinetuneRequest, estimate_finetune, finetune

    lower, upper = percentiles or (None, None)
    recipe_changes = {
        "epochs": epochs,
        "batch_size": batch_size,
        "optimizer": optimizer,
        "learning_rate": learning_rate,
        "weight_decay": weight_decay,
        "warmup_epochs": warmup_epochs,
        "precision": precision,
        "epsilon": None if epsilon is None else parse_epsilon(epsilon),
        "lower": lower,
        "upper": upper,
        "refresh_epochs": refresh_epochs,
        "head_warmup_steps": head_warmup_steps,
    }
    weight_changes = {"q_score": q_weight, "columns": column_weight, "lasso": lasso_weight, "scale": weight_scale}
    request = FinetuneRequest(
        encoder, dataset, split, arm, recipe, recipe_changes, weight_changes, method, micro_batch, devices, nodes, run
    )
    return (estimate_finetune if estimate else finetune)(request, session)


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


def main() -> None:
    app()
