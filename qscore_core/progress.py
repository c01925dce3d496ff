"""Progress of long work as values: the page, the CLI and the tests read the same events."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Progress:
    """Where a piece of work stands. `rate` counts units per second, `eta_seconds` is None while unknown."""

    phase: str
    done: int
    total: int
    rate: float
    eta_seconds: float | None

    def __str__(self) -> str:
        left = "" if self.eta_seconds is None else f", {format_seconds(self.eta_seconds)} left"
        return f"{self.phase}: {self.done:,} of {self.total:,} ({self.rate:,.0f}/s{left})"


OnProgress = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """The listener of work nobody watches."""


@dataclass
class Meter:
    """Turns counts into `Progress` events, at most one per `interval` seconds; the last one always and once."""

    phase: str
    total: int
    listener: OnProgress
    start_at: int = 0
    interval: float = 0.2
    _started: float = field(default_factory=time.monotonic)
    _told: float = 0.0
    _ended: bool = False

    def update(self, done: int) -> None:
        now, ended = time.monotonic(), done >= self.total
        if self._ended or (now - self._told < self.interval and not ended):
            return
        self._told, self._ended = now, ended
        # Units that an earlier, interrupted process did say nothing about this one's speed.
        rate = (done - self.start_at) / max(now - self._started, 1e-9)
        eta = (self.total - done) / rate if rate > 0 else None
        self.listener(Progress(self.phase, done, self.total, rate, eta))


def format_seconds(seconds: float) -> str:
    """`75` -> `1 min 15 s`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
