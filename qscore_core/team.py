"""The processes that share a piece of work, as each of them sees them. Costs nothing to import."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import torch

    from qscore_core.devices import Hardware

T = TypeVar("T")


def do_nothing() -> None:
    """For a process that has nothing to tell while it works or waits."""


def is_first_process() -> bool:
    """What the launcher's environment says of this process: only the first of several may speak.

    For the time before the processes know each other; in work that is done by one process it means nothing.
    """
    if "RANK" in os.environ:
        return os.environ["RANK"] == "0"
    return all(os.environ.get(name, "0") == "0" for name in ("SLURM_PROCID", "LOCAL_RANK", "NODE_RANK"))


@dataclass(frozen=True)
class Team:
    """One process of `size`, `neighbours` of them on this machine. As it stands here it is the only one.

    The process of rank 0 leads: it decides what is shared, and writes what all have made.
    """

    rank: int = 0
    size: int = 1
    neighbours: int = 1

    @property
    def leads(self) -> bool:
        return self.rank == 0

    def device(self, asked: "torch.device") -> "torch.device":
        """Where this process works when `asked` is where the work was asked for."""
        return asked

    def agreed(self, value: T) -> T:
        """The leader's `value`, in every process."""
        return value

    def wait(self, meanwhile: Callable[[], None] = do_nothing) -> None:
        """Until every process has come here; `meanwhile` is called now and then."""


ALONE = Team()


def gather(hardware: "Hardware") -> Team:
    """The processes that the hardware asks for, started where no launcher has done so.

    Raises SettingsError for hardware that is not there, and ProcessDiedError when one of them dies.
    """
    if hardware.processes == 1:
        return ALONE
    from qscore_core.processes import gather_several  # only several processes need their library

    return gather_several(hardware)
