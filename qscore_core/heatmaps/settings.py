"""What can be set of the methods that have something to set; the defaults live here only."""

from dataclasses import dataclass

from qscore_core.errors import SettingsError


@dataclass(frozen=True)
class NoSettings:
    """Of a method that has nothing to set."""


@dataclass(frozen=True)
class IntegratedGradientsSettings:
    """`steps` of the path from a picture of the mean colour to the picture."""

    steps: int = 50

    def __post_init__(self) -> None:
        _require_positive("steps", self.steps)


@dataclass(frozen=True)
class SmoothGradSettings:
    """`samples` noisy copies; `noise` is their standard deviation as a share of the picture's range of values."""

    samples: int = 25
    noise: float = 0.15
    seed: int = 0

    def __post_init__(self) -> None:
        _require_positive("samples", self.samples)
        if not 0 < self.noise <= 1:
            raise SettingsError(f"`noise` should exceed 0 and be at most 1. Found {self.noise:g}; 0.15 is usual.")


@dataclass(frozen=True)
class OcclusionSettings:
    """A square of `window` times the picture's side, of the mean colour, moved by `stride` times the side."""

    window: float = 1 / 7
    stride: float = 1 / 14

    def __post_init__(self) -> None:
        if not 0 < self.stride <= self.window <= 1:
            raise SettingsError(
                f"`stride` should exceed 0, be at most `window`, and that at most 1. "
                f"Found {self.stride:g} and {self.window:g}."
            )


MethodSettings = NoSettings | IntegratedGradientsSettings | SmoothGradSettings | OcclusionSettings


def _require_positive(name: str, number: int) -> None:
    if number < 1:
        raise SettingsError(f"`{name}` should be at least 1. Found {number}.")
