"""Several processes that work as one: how they are started, who does which rows, how their rows come together."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import torch
from lightning_fabric import Fabric
from torch import Tensor, distributed, nn

from qscore_core._children import end_with_parent, start_children
from qscore_core.devices import Hardware
from qscore_core.errors import ProcessDiedError, SettingsError
from qscore_core.team import Team, do_nothing

LONGEST_WAIT = timedelta(days=7)  # until the slowest process has done its part
LOOK_EVERY_SECONDS = 0.1
NOTICE_SECONDS = 1.0

T = TypeVar("T")


def make_fabric(hardware: Hardware, precision: str) -> Fabric:
    """Starts the other processes where there are to be several; each runs the same command.

    Raises SettingsError for hardware that is not there. Of processes started here none outlives the first, and the
    death of one raises ProcessDiedError in the first.
    """
    several = hardware.processes > 1
    one = [hardware.device.index or 0] if hardware.device.type == "cuda" else 1
    _require_devices(hardware)
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)  # its notes on ranks and back ends help nobody
    fabric = Fabric(
        accelerator=hardware.device.type,
        devices=hardware.devices if several else one,
        num_nodes=hardware.nodes,
        strategy="ddp" if several else "auto",
        precision=precision,
    )
    end_with_parent()
    _start_others(fabric)
    try:
        with lost_processes_told(hardware.processes):
            fabric.launch()
    except ValueError as error:
        raise SettingsError(f"`devices` and `nodes` should be what the launcher started. {error}") from error
    return fabric


def _start_others(fabric: Fabric) -> None:
    """What Fabric's launcher does itself otherwise; but when a process dies, it kills this one without a word."""
    launcher = fabric.strategy.launcher
    if launcher is None or launcher.cluster_environment.creates_processes_externally:
        return

    def start() -> list:
        launcher._call_children_scripts()
        return launcher.procs

    start_children(start)


def _require_devices(hardware: Hardware) -> None:
    if hardware.device.type == "cuda" and hardware.devices > torch.cuda.device_count():
        raise SettingsError(
            f"`devices` should be at most the number of GPUs of this machine. Found {hardware.devices} for "
            f"{torch.cuda.device_count()}."
        )


@contextmanager
def lost_processes_told(processes: int) -> Iterator[None]:
    """Says in the user's words that a call which needs all processes failed because one is gone."""
    try:
        yield
    except RuntimeError as error:
        if processes == 1 or not _is_broken_connection(error):
            raise
        time.sleep(NOTICE_SECONDS)  # whoever watches over the dead process knows more, and ends this one
        raise ProcessDiedError(
            f"Another of the {processes} processes of this work is gone; its own message says why. "
            "What was computed is kept: run the same command again to go on."
        ) from error


def _is_broken_connection(error: RuntimeError) -> bool:
    return isinstance(error, distributed.DistError) or "gloo" in str(error).lower()


@dataclass(frozen=True, kw_only=True)
class _Several(Team):
    """Talks through a group on the CPU: it notices lost processes at once, and waiting costs nothing."""

    fabric: Fabric
    group: distributed.ProcessGroup

    def device(self, asked: torch.device) -> torch.device:  # noqa: ARG002
        return self.fabric.device

    def agreed(self, value: T) -> T:
        box = [value]
        with lost_processes_told(self.size):
            distributed.broadcast_object_list(box, src=0, group=self.group)
        return box[0]

    def wait(self, meanwhile: Callable[[], None] = do_nothing) -> None:
        with lost_processes_told(self.size):
            everyone = distributed.barrier(group=self.group, async_op=True)
            while not everyone.is_completed():
                meanwhile()
                time.sleep(LOOK_EVERY_SECONDS)
            everyone.wait()


def gather_several(hardware: Hardware) -> Team:
    """The team of all processes of the hardware; see `qscore_core.team.gather`."""
    fabric = make_fabric(hardware, "32-true")
    with lost_processes_told(hardware.processes):
        group = distributed.new_group(backend="gloo", timeout=LONGEST_WAIT)
    return _Several(fabric.global_rank, fabric.world_size, hardware.devices, fabric=fabric, group=group)


def own_rows(fabric: Fabric, rows: int) -> slice:
    """The part of `rows` that this process works on: equal parts in the order of the processes."""
    part = rows // fabric.world_size
    return slice(fabric.global_rank * part, (fabric.global_rank + 1) * part)


def gather_rows(fabric: Fabric, part: Tensor) -> Tensor:
    """The rows of all processes in order, without gradient."""
    if fabric.world_size == 1:
        return part
    # Fabric's own goes through a function that torch has deprecated
    whole = part.new_empty((fabric.world_size * len(part), *part.shape[1:]))
    torch.distributed.all_gather_into_tensor(whole, part.contiguous())
    return whole


def average_gradients(fabric: Fabric, module: nn.Module) -> None:
    """For modules that every process ran on the whole batch: equal up to rounding, and now to the last bit."""
    if fabric.world_size == 1:
        return
    for value in module.parameters():
        if value.grad is not None:
            value.grad = fabric.all_reduce(value.grad, reduce_op="mean")
