"""Paired changes with t intervals: the arithmetic of the fine-tuning tables."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean, stdev

from scipy.stats import t as student

from bench.records import RunRecord, Snapshot

LEVEL = 0.95
CONTROL = "control"
Measure = Callable[[Snapshot], float | None]


@dataclass(frozen=True)
class Change:
    """Mean of `pairs` differences with its t interval, None where a single pair leaves none."""

    mean: float
    interval: tuple[float, float] | None
    pairs: int

    @property
    def verdict(self) -> str:
        """`up` or `down` where the interval leaves out 0, else `open`."""
        if self.interval is None or self.interval[0] <= 0 <= self.interval[1]:
            return "open"
        return "up" if self.mean > 0 else "down"


def change_of(differences: Sequence[float]) -> Change | None:
    """mean +- t(0.975, n - 1) * s / sqrt(n), s with n - 1; None without a difference."""
    n = len(differences)
    if n == 0:
        return None
    middle = mean(differences)
    if n == 1:
        return Change(middle, None, 1)
    reach = float(student.ppf((1 + LEVEL) / 2, n - 1)) * stdev(differences) / n**0.5
    return Change(middle, (middle - reach, middle + reach), n)


def against_before(runs: Iterable[RunRecord], measure: Measure) -> Change | None:
    """After minus before, each run with itself."""
    return change_of(_differences((measure(run.before), measure(run.after)) for run in runs))


def against_control(runs: Iterable[RunRecord], controls: Iterable[RunRecord], measure: Measure) -> Change | None:
    """After of an arm minus after of the control run of the same pictures, recipe, method and seed."""
    control_of = {_peers(run): measure(run.after) for run in controls if run.arm == CONTROL}
    pairs = ((control_of.get(_peers(run)), measure(run.after)) for run in runs)
    return change_of(_differences(pairs))


def _peers(run: RunRecord) -> tuple[str, str, str, int]:
    return run.pictures, run.recipe, run.method, run.seed


def over_methods(changes: Iterable[Change | None]) -> Change | None:
    """The mean over methods of each one's mean change: every method counts once, and they are what varies."""
    return change_of([change.mean for change in changes if change is not None])


def _differences(pairs: Iterable[tuple[float | None, float | None]]) -> list[float]:
    return [later - earlier for earlier, later in pairs if earlier is not None and later is not None]
