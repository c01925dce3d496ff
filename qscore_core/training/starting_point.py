"""Where fine-tuning starts: an encoder's weights and, where they were kept, the heads it was trained with."""

import copy
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import torch
from torch import Tensor

from qscore_core.encoders import load_encoder
from qscore_core.encoders.encoder import Encoder
from qscore_core.encoders.heads import stored_heads
from qscore_core.encoders.networks.resnet import ResNet
from qscore_core.errors import SettingsError, TrainingError, UnknownObjectiveError
from qscore_core.objectives import METHODS, Objective, ObjectiveSettings
from qscore_core.objectives.stored import restore
from qscore_core.training.networks import Network
from qscore_core.workspace import Workspace


@dataclass(frozen=True, eq=False)
class StartingPoint:
    """An encoder to continue. `heads` is None where new ones have to be made (and warmed up)."""

    ref: str
    fingerprint: str
    module: ResNet
    network: Network
    objective: ObjectiveSettings
    heads: Mapping[str, Tensor] | None

    def learner_parts(self, seed: int) -> tuple[ResNet, Objective]:
        """A copy of the encoder, ready to train, and its objective; new heads follow from the seed."""
        encoder = copy.deepcopy(self.module).requires_grad_(True).train()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            objective = self.objective.build(encoder, self.network.shape.dim)
        if self.heads is not None:
            _load_heads(objective, self.heads, self.ref)
        return encoder, objective


def starting_point(
    ref: str, workspace: Workspace, method: str | None, fallback: Mapping[str, ObjectiveSettings]
) -> StartingPoint:
    """Opens an encoder to continue its own objective, or `method` if that is given.

    `fallback` has objective settings by method, for encoders whose file keeps none. Raises TrainingError for a network
    that cannot be trained here, UnknownObjectiveError where its method is not known, SettingsError for an unknown one.
    """
    encoder = load_encoder(ref, workspace=workspace)
    if not isinstance(encoder.module, ResNet):
        raise TrainingError(f"Only ResNets can be fine-tuned. Found {encoder.arch} in `{ref}`.")
    method = _method(method, encoder)
    kept = stored_heads(encoder, method)
    network = Network(encoder.module.shape, encoder.transform)
    if kept is None or kept.method != method:
        return StartingPoint(ref, encoder.fingerprint, encoder.module, network, fallback[method], None)
    # a stranger's file says what its heads look like, but not which views they were trained with
    objective = restore(METHODS[method], {**asdict(fallback[method]), **kept.objective})
    return StartingPoint(ref, encoder.fingerprint, encoder.module, network, objective, kept.tensors)


def _method(given: str | None, encoder: Encoder) -> str:
    known = ", ".join(f"`{name}`" for name in METHODS)
    if given is not None and given not in METHODS:
        raise SettingsError(f"`method` should be one of {known}. Found `{given}`.")
    if given is None and encoder.method not in METHODS:
        raise UnknownObjectiveError(
            f"The objective that `{encoder.ref}` was trained with should be known to continue it. Found "
            f"`{encoder.method}`. Name the one to use: `method` as one of {known}."
        )
    return given or encoder.method


def _load_heads(objective: Objective, heads: Mapping[str, Tensor], ref: str) -> None:
    try:
        objective.load_state_dict(dict(heads))
    except RuntimeError as error:
        raise TrainingError(
            f"The heads kept with `{ref}` should fit its objective. They do not: {error}. "
            "Remove their file to start with new heads."
        ) from error
