"""Which device does the work."""

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
