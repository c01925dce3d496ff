"""Which device does the work, and how many of them."""

from dataclasses import dataclass

import torch

from qscore_core.errors import SettingsError


def pick_device(name: str = "auto") -> torch.device:
    """`auto` takes the first CUDA device where there is one, else the CPU."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise SettingsError(f"`device` should be `auto`, `cpu`, `cuda` or `cuda:N`. Found `{name}`.") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise SettingsError(f"`device` is `{name}`, but torch sees no CUDA device here. Use `--device cpu`.")
    return device


def device_name(name: str = "auto") -> str:
    """The device that a name picks, written the same way however it was asked for: `cpu`, `cuda:0`."""
    device = pick_device(name)
    return f"cuda:{device.index or 0}" if device.type == "cuda" else device.type


@dataclass(frozen=True)
class Hardware:
    """What work is done on: `devices` of this kind in each of `nodes` machines (torchrun and SLURM are noticed)."""

    device: torch.device
    devices: int = 1
    nodes: int = 1

    def __post_init__(self) -> None:
        if self.devices < 1 or self.nodes < 1:
            raise SettingsError(f"`devices` and `nodes` should be at least 1. Found {self.devices} and {self.nodes}.")

    @property
    def processes(self) -> int:
        """One a device."""
        return self.devices * self.nodes
