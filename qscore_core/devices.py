"""Which device does the work, and how many of them."""

from dataclasses import dataclass

import torch

from qscore_core.errors import SettingsError

CPU_BF16 = ("avx512_bf16", "amx_bf16", "bf16")  # as torch calls them, x86 and Arm


def pick_device(name: str = "auto") -> torch.device:
    """`auto` takes the first CUDA device where there is one, else the CPU.

    From then on CUDA devices compute in this process as the CPU does: see `_compute_exactly`.
    """
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(name)
    except RuntimeError as error:
        raise SettingsError(f"`device` should be `auto`, `cpu`, `cuda` or `cuda:N`. Found `{name}`.") from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise SettingsError(f"`device` is `{name}`, but torch sees no CUDA device here. Use `--device cpu`.")
    if device.type == "cuda":
        _compute_exactly()
    return device


def _compute_exactly() -> None:
    """Float32 keeps its digits, and the same work gives the same bytes.

    Left alone, cuDNN rounds what a float32 convolution takes in to ten bits (TF32), which moves gradients on pixels by
    a few percent, and adds up the gradients of weights in whatever order they arrive. Who wants speed asks for bf16.
    """
    torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.deterministic = True


def device_name(name: str = "auto") -> str:
    """The device that a name picks, written the same way however it was asked for: `cpu`, `cuda:0`."""
    device = pick_device(name)
    return f"cuda:{device.index or 0}" if device.type == "cuda" else device.type


def computes_in_bf16(device: torch.device) -> bool:
    """Whether a device has instructions for bf16; a CPU without them can be 40 times slower in bf16 than in float32."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device.type != "cpu":
        return False
    # older releases of torch do not tell: float32 is then the safe answer
    known = getattr(torch.cpu, "get_capabilities", dict)()
    return any(known.get(name, False) for name in CPU_BF16)


@dataclass(frozen=True)
class Hardware:
    """What work is done on: `devices` of this kind in each of `nodes` machines (torchrun and SLURM are noticed).

    `device` comes from `pick_device`.
    """

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
