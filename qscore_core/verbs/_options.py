"""Options that several verbs have, each with its one sentence of help."""

from pathlib import Path
from typing import Annotated

import typer

Encoder = Annotated[
    str | None,
    typer.Option(help="habitats:simclr, catalog:NAME, file:PATH, hub:timm/NAME, torchvision:NAME/WEIGHTS, run:ID."),
]
Dataset = Annotated[
    str,
    typer.Option(
        help="habitats, folder:PATH, table:FILE, torchvision:NAME, features:NAME; with masks also salient-imagenet:, "
        "hard-imagenet:, imagenet-s:, imagenet-boxes:, pets:, voc:, cub: and waterbirds:PATH."
    ),
]
Split = Annotated[str | None, typer.Option(help="Split of the data set; may be left out where there is only one.")]
Train = Annotated[str, typer.Option(help="Split on which the linear probe is fitted.")]
Fit = Annotated[
    str | None, typer.Option(help="Split (or DATASET/SPLIT) on which D is found [train where there is one].")
]
ScoredSplit = Annotated[str | None, typer.Option(help="Split that is scored [test, or the only one].")]
ProbedFit = Annotated[str | None, typer.Option(help="Split of D and of the probe [train, or the only one].")]
OwnEpsilon = Annotated[str, typer.Option(help="Standard deviations above the mean, or `auto`: each its own.")]
LowPercentile = Annotated[float, typer.Option(help="Of an encoder's Q, at or below which an image is low.")]
BatchSize = Annotated[int, typer.Option(min=1, help="Images per forward pass.")]
Precision = Annotated[str, typer.Option(help="fp32, bf16 or fp16.")]
Workers = Annotated[int | None, typer.Option(min=0, help="Decoding processes [one fewer than the cores, at most 8].")]
Epsilon = Annotated[str, typer.Option(help="Standard deviations above the mean, or `auto` (label-free).")]
Percentiles = Annotated[tuple[float, float], typer.Option(help="Band of activation rates that is discriminative.")]
Normalize = Annotated[bool, typer.Option(help="L2-normalise each representation first, as the paper does.")]
FiringOnly = Annotated[bool, typer.Option("--firing-only", help="Percentiles over the features that fire at all.")]
TwoSided = Annotated[bool, typer.Option("--two-sided", help="|z| > epsilon, for representations with negatives.")]
Recipe = Annotated[str, typer.Option(help="fast: converged logistic regression; paper: SGD for 100 epochs.")]
Epochs = Annotated[int | None, typer.Option(min=1, help="Instead of the recipe's.")]
TrainBatch = Annotated[int | None, typer.Option(min=2, help="Pictures of all processes together.")]
LearningRate = Annotated[float | None, typer.Option(help="Instead of the recipe's.")]
TrainPrecision = Annotated[
    str | None, typer.Option(help="auto, 32-true, bf16-mixed or 16-mixed, instead of the recipe's.")
]
MicroBatch = Annotated[
    int | None, typer.Option(min=2, help="Pictures that the encoder sees at a time, for less memory; same loss.")
]
Devices = Annotated[int, typer.Option(min=1, help="How many devices of this machine work as one.")]
Nodes = Annotated[int, typer.Option(min=1, help="How many machines, started by torchrun or SLURM.")]
RunName = Annotated[str | None, typer.Option(help="Name of the run; an interrupted one of that name is resumed.")]
Views = Annotated[
    int, typer.Option(min=0, help="Random views of each image, for what needs several; 0 leaves that out.")
]
ViewImages = Annotated[int, typer.Option(min=2, help="Images that are looked at in several views, at most.")]
Out = Annotated[Path | None, typer.Option(help="Result file, .parquet or .csv.")]
