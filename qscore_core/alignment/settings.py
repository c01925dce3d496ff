"""What can be set of an alignment."""

from dataclasses import dataclass, field

from qscore_core.alignment.metrics import Thresholds
from qscore_core.errors import SettingsError

KINDS = ("core", "spurious")


@dataclass(frozen=True)
class AlignmentSettings:
    """`images`: the first so many pictures of the split, None for all; `top`: how many pictures a feature is judged on.

    `sweep_heat` and `sweep_mask` are the thresholds, rising, at which the heat-weighted IoU is also taken. `seed` picks
    the other picture whose mask serves as control.
    """

    thresholds: Thresholds = field(default_factory=Thresholds)
    top: int = 20
    images: int | None = None
    sweep_heat: tuple[float, ...] = tuple(step / 20 for step in range(21))
    sweep_mask: tuple[float, ...] = (0.25, 0.5, 0.75)
    seed: int = 0

    def __post_init__(self) -> None:
        for name, value in (("top", self.top), ("images", 1 if self.images is None else self.images)):
            if value < 1:
                raise SettingsError(f"`{name}` should be at least 1. Found {value}.")
        if list(self.sweep_heat) != sorted(self.sweep_heat) or not self.sweep_heat or not self.sweep_mask:
            raise SettingsError(f"The thresholds of a sweep should rise. Found {self.sweep_heat}.")
        for heat, mask in [(heat, mask) for heat in self.sweep_heat for mask in self.sweep_mask]:
            Thresholds(heat, mask)


STANDARD = AlignmentSettings()
