"""`pretrain`: an encoder trained with a self-supervised objective."""

from dataclasses import replace
from typing import Any

from qscore_core.datasets import open_dataset
from qscore_core.devices import Hardware, pick_device
from qscore_core.training import Pretraining, RunResult, default_settings, run_task
from qscore_core.verbs._common import Session
from qscore_core.verbs._stored import default_split


def pretrain(
    method: str,
    dataset: str,
    overrides: dict[str, Any],
    devices: int,
    nodes: int,
    run: str | None,
    session: Session,
) -> dict[str, Any]:
    """Trains an encoder with the recipe of its method and data; the same command goes on with an interrupted run."""
    given = {name: value for name, value in overrides.items() if value is not None}
    split = default_split(dataset, None, session, "train")
    data = open_dataset(dataset, split, workspace=session.workspace, on_progress=session.tell)
    settings = replace(default_settings(method, data), seed=session.seed, **given)
    session.say(f"Settings: {settings.as_dict()}")
    result = run_task(
        Pretraining(settings),
        workspace=session.workspace,
        dataset=data,
        hardware=Hardware(pick_device(session.device), devices, nodes),
        on_progress=session.tell,
        run_id=run,
    )
    return run_result(result)


def run_result(result: RunResult) -> dict[str, Any]:
    """What both training verbs print."""
    return {
        "run": result.run,
        "encoder": f"run:{result.run}",
        "path": str(result.encoder_path),
        "epochs": result.epochs,
        "device": result.device,
    }
