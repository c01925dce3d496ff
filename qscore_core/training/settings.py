"""Everything that fixes what the loop does, as one value: printed with the run and part of its name."""

from dataclasses import asdict, dataclass
from typing import Any

import torch

from qscore_core.devices import computes_in_bf16
from qscore_core.errors import SettingsError
from qscore_core.objectives import ObjectiveSettings
from qscore_core.training.networks import Network

OPTIMIZERS = ("adamw", "lars", "sgd")
PRECISIONS = ("auto", "32-true", "bf16-mixed", "16-mixed")


@dataclass(frozen=True)
class TrainingSettings:
    """A run of the loop. The learning rate rises linearly over `warmup_epochs`, then falls to zero along a cosine.

    `dataset` and `split` name the pictures, `batch_size` counts pictures (each gives one row per view), `precision` is
    lightning_fabric's name for it, or `auto`: what the device is fast in. With `micro_batch` the encoder sees so many
    pictures at a time, for less memory; the loss is that of the whole batch all the same. Zero epochs give the encoder
    that a run starts from.
    """

    dataset: str
    objective: ObjectiveSettings
    network: Network
    split: str = "train"
    epochs: int = 100
    batch_size: int = 256
    optimizer: str = "adamw"
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    warmup_epochs: float = 2.0
    seed: int = 0
    precision: str = "auto"
    micro_batch: int | None = None

    @property
    def method(self) -> str:
        return self.objective.method

    def __post_init__(self) -> None:
        _require_known("optimizer", self.optimizer, OPTIMIZERS)
        _require_known("precision", self.precision, PRECISIONS)
        _require_at_least("epochs", self.epochs, 0)
        _require_at_least("batch_size", self.batch_size, 2)
        _require_at_least("micro_batch", 2 if self.micro_batch is None else self.micro_batch, 2)
        _require_at_least("warmup_epochs", self.warmup_epochs, 0)
        _require_at_least("weight_decay", self.weight_decay, 0)
        if not 0 <= self.seed < 2**31:
            raise SettingsError(f"`seed` should lie in 0..2147483647. Found {self.seed}.")
        if not self.learning_rate > 0:
            raise SettingsError(f"`learning_rate` should exceed 0. Found {self.learning_rate}.")

    def precision_on(self, device: torch.device) -> str:
        """The precision that is computed in: `auto` is `bf16-mixed` where the device has it, else `32-true`."""
        if self.precision != "auto":
            return self.precision
        return "bf16-mixed" if computes_in_bf16(device) else "32-true"

    def as_dict(self) -> dict[str, Any]:
        """The settings as JSON can hold them, the method's name included."""
        return {"method": self.method, **asdict(self)}


def _require_known(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise SettingsError(f"`{name}` should be one of {', '.join(f'`{k}`' for k in known)}. Found `{value}`.")


def _require_at_least(name: str, value: float, least: float) -> None:
    if value < least:
        raise SettingsError(f"`{name}` should be at least {least}. Found {value}.")
