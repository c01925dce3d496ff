"""Verbs on where in the pictures an encoder looks."""

from pathlib import Path
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
    Train,
    TwoSided,
)


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
