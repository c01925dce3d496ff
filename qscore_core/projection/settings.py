"""How a map is made: everything that changes where a point lies."""

from dataclasses import dataclass
from typing import Literal

from qscore_core.errors import SettingsError

Method = Literal["pca", "umap"]
METHODS: tuple[Method, ...] = ("pca", "umap")
FEWEST_FOR_UMAP = 10


@dataclass(frozen=True)
class ProjectionSettings:
    """`neighbours` and `min_dist` (in units of the map) are UMAP's; UMAP works on `components` principal components.

    Principal components are found on at most `fitted_on` images. Of more than `most` images a sample is shown in which
    every class keeps its share.
    """

    method: Method = "pca"
    seed: int = 0
    components: int = 50
    fitted_on: int = 20_000
    neighbours: int = 15
    min_dist: float = 0.1
    most: int = 1_000_000

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise SettingsError(f"`method` should be one of {', '.join(METHODS)}. Found `{self.method}`.")
        if self.neighbours < 2 or not 0 <= self.min_dist <= 1 or self.most < FEWEST_FOR_UMAP:
            raise SettingsError(
                "`neighbours` should be at least 2, `min_dist` from 0 to 1 and `most` at least "
                f"{FEWEST_FOR_UMAP}. Found {self.neighbours}, {self.min_dist:g} and {self.most}."
            )


PCA_SETTINGS = ProjectionSettings()
UMAP_SETTINGS = ProjectionSettings("umap", most=100_000)


def settings_of(method: str) -> ProjectionSettings:
    """The usual settings of a method. Raises SettingsError for a method that nobody knows."""
    return {"pca": PCA_SETTINGS, "umap": UMAP_SETTINGS}.get(method) or ProjectionSettings(method)  # type: ignore[arg-type]
