"""`pretrain`: an encoder trained with a self-supervised objective."""

from dataclasses import replace
from typing import Any

from qscore_core import training
from qscore_core.datasets import open_dataset
from qscore_core.devices import pick_device
from qscore_core.training import default_settings
from qscore_core.verbs._common import Session
from qscore_core.verbs._stored import default_split


def pretrain(method: str, dataset: str, overrides: dict[str, Any], run: str | None, session: Session) -> dict[str, Any]:
    """Trains an encoder with the recipe of its method and data; the same command goes on with an interrupted run."""
    given = {name: value for name, value in overrides.items() if value is not None}
    data = open_dataset(
        dataset, default_split(dataset, None, session, "train"), workspace=session.workspace, on_progress=session.tell
    )
    settings = replace(default_settings(method, data), seed=session.seed, **given)
    session.say(f"Settings: {settings.as_dict()}")
    result = training.pretrain(
        settings,
        workspace=session.workspace,
        dataset=data,
        device=pick_device(session.device),
        on_progress=session.tell,
        run_id=run,
    )
    return {
        "run": result.run,
        "encoder": f"run:{result.run}",
        "path": str(result.encoder_path),
        "epochs": result.epochs,
        "device": result.device,
    }
