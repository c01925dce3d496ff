"""Verbs that train."""

from typing import Annotated, Any

import typer

from qscore_core.cli._app import app
from qscore_core.verbs._common import Session, verb
from qscore_core.verbs._options import (
    Dataset,
    Devices,
    Epochs,
    LearningRate,
    MicroBatch,
    Nodes,
    RunName,
    Split,
    TrainBatch,
    TrainPrecision,
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
