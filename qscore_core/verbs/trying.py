"""`try`: a look at an encoder on a few images."""

from dataclasses import asdict
from typing import Any

from qscore_core import encoder_trial
from qscore_core.datasets import open_dataset
from qscore_core.devices import pick_device
from qscore_core.encoders import load_encoder
from qscore_core.errors import SettingsError
from qscore_core.verbs._common import Session
from qscore_core.verbs._stored import default_split


def try_encoder(
    encoder: str | None, dataset: str, split: str | None, images: int, epsilon: float, session: Session
) -> dict[str, Any]:
    """Keeps nothing."""
    if encoder is None or dataset.startswith("features:"):
        raise SettingsError("`try` needs an encoder and pictures: name both with --encoder and --dataset.")
    loaded = load_encoder(encoder, workspace=session.workspace, device=pick_device(session.device))
    which = default_split(dataset, split, session, "train")
    data = open_dataset(dataset, which, workspace=session.workspace, on_progress=session.tell)
    return asdict(encoder_trial.try_encoder(loaded, data, images, epsilon, session.tell))
