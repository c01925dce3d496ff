"""A finished map as a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from qscore_core.projection.settings import ProjectionSettings


@dataclass(frozen=True, eq=False)
class Projection:
    """`xy` float32 [point, 2]; `rows` int64 [point] says which of the `images` rows of the table each point is."""

    settings: ProjectionSettings
    xy: np.ndarray
    rows: np.ndarray
    images: int
    about: Mapping[str, Any]

    @property
    def sampled(self) -> bool:
        return len(self.rows) < self.images

    def in_words(self) -> str:
        """How the map came about, for the line below it."""
        shares = self.about["shares"]
        fitted = self.about["fitted_on"]
        words = [f"PCA of unit-length representations; the two axes hold {sum(shares[:2]):.0%} of the variance"]
        if self.settings.method == "umap":
            s = self.settings
            words = [
                f"UMAP of {len(shares)} principal components ({sum(shares):.0%} of the variance), "
                f"{s.neighbours} neighbours, min_dist {s.min_dist:g}, seed {s.seed}, {self.about['library']}; "
                "neighbourhoods can be read off it, distances between groups cannot"
            ]
        if fitted < self.images:
            words.append(f"components found on {fitted:,} images")
        if self.sampled:
            words.append(f"{len(self.rows):,} of {self.images:,} images, every class with its share")
        return "; ".join(words) + "."
