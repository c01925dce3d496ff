"""What all measurements share: a row of the table, and the shortest of several runs."""

import contextlib
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Row:
    """One line of the table; `holds` is None where there is no budget."""

    what: str
    measured: str
    budget: str
    holds: bool | None
    how: str = ""

    def __str__(self) -> str:
        verdict = "" if self.holds is None else "holds" if self.holds else "**missed**"
        return f"| {self.what} | {self.measured} | {self.budget} | {verdict} | {self.how} |"


HEADER = "| what | measured | budget | verdict | how |\n| --- | --- | --- | --- | --- |"


def shortest(work: Callable[[], object], repeats: int) -> float:
    """Seconds of the fastest of several runs: the one that other processes disturbed least."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        finished()
        times.append(time.perf_counter() - began)
    return min(times)


def finished() -> None:
    """Returns when the GPU, if there is one, has done what it was asked for: a clock read sooner would miss it."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


@contextlib.contextmanager
def processor_seconds() -> Iterator[list[float]]:
    """Appends the processor time that the block took, its finished child processes included."""
    spent: list[float] = []
    before = _spent()
    yield spent
    spent.append(_spent() - before)


def _spent() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
