"""What signals are computed from: scores of a split, its neighbours and densities, and what a probe says of it.

Everything is found when it is first asked for, and what takes long is kept in the workspace.
"""

from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from typing import Any

import numpy as np

from qscore_core.errors import RepresentationError
from qscore_core.kept_arrays import are_kept, kept_arrays
from qscore_core.pipeline import Analysis, Outcomes
from qscore_core.progress import OnProgress, silent
from qscore_core.representations import Representations
from qscore_core.several_views import Viewed
from qscore_core.signals.density import (
    DensitySettings,
    cluster_mahalanobis,
    mahalanobis,
    mixture_density,
    projected,
    scored_by_others,
)
from qscore_core.signals.neighbours import MOST, Neighbours, coherence, nearest
from qscore_core.signals.spaces import DIRECTIONS, PLAIN, Space, UnitMoments, centred, unit_moments, whitened
from qscore_core.workspace import Workspace

FORMAT = 1
NEIGHBOURS, DENSITIES, COHERENCE = "neighbours", "densities", "coherence"
SPACES = ("plain", "centred", "whitened")


@dataclass(frozen=True, eq=False)
class Evidence:
    """`outcomes` are there where labels are; `others` are neighbours of the same images under other encoders.

    `views` are of all scored images. Raises RepresentationError where some are missing.
    """

    analysis: Analysis
    workspace: Workspace
    outcomes: Outcomes | None = None
    others: tuple[Neighbours, ...] = ()
    views: Viewed | None = None
    densities_by: DensitySettings = field(default_factory=DensitySettings)
    on_progress: OnProgress = silent

    def __post_init__(self) -> None:
        if self.views is not None and len(self.views.places) < self.target.images:
            raise RepresentationError(
                f"Augmentation consistency needs views of all {self.target.images:,} images. "
                f"Found views of {len(self.views.places):,}."
            )

    @property
    def target(self) -> Representations:
        return self.analysis.target

    @property
    def fit(self) -> Representations:
        return self.analysis.fit

    @property
    def judged(self) -> Outcomes:
        """The probe's answers; only signals that are offered where there are some ask for them."""
        assert self.outcomes is not None
        return self.outcomes

    @property
    def seen(self) -> Viewed:
        """Several views of each image; only signals that are offered where there are some ask for them."""
        assert self.views is not None
        return self.views

    @property
    def at_hand(self) -> bool:
        """Whether everything that takes long was computed before."""
        searched = all(are_kept(NEIGHBOURS, self._identity(space=name), self.workspace) for name in SPACES)
        return searched and are_kept(DENSITIES, self._density_identity, self.workspace)

    @property
    def has_neighbours(self) -> bool:
        """Whether the nearest fit images were searched before, by plain cosine."""
        return are_kept(NEIGHBOURS, self._identity(space="plain"), self.workspace)

    @cached_property
    def moments(self) -> UnitMoments:
        return unit_moments(self.fit)

    @cached_property
    def plain(self) -> Neighbours:
        return self._neighbours("plain")

    @cached_property
    def centred(self) -> Neighbours:
        return self._neighbours("centred")

    @cached_property
    def whitened(self) -> Neighbours:
        return self._neighbours("whitened")

    @cached_property
    def coherence(self) -> np.ndarray:
        """Of the ten nearest in the centred space, float64 [image]."""
        make = lambda: {"value": coherence(self.centred, self.fit.matrix, self._space("centred"))}  # noqa: E731
        return kept_arrays(COHERENCE, self._identity(), self.workspace, make)["value"]

    @cached_property
    def densities(self) -> dict[str, np.ndarray]:
        """`gaussian`, `clusters` and `mixture`, each float64 [image]."""
        return kept_arrays(DENSITIES, self._density_identity, self.workspace, self._densities)

    def _neighbours(self, name: str) -> Neighbours:
        search = partial(
            nearest,
            self.target.matrix,
            self.fit.matrix,
            same=self.analysis.fitted_on_itself,
            on_progress=self.on_progress,
        )
        make = lambda: vars(search(self._space(name)))  # noqa: E731
        return Neighbours(**kept_arrays(NEIGHBOURS, self._identity(space=name), self.workspace, make))

    def _space(self, name: str) -> Space:
        if name == "plain":
            return PLAIN
        return centred(self.moments) if name == "centred" else whitened(self.moments)

    def _densities(self) -> dict[str, np.ndarray]:
        settings = self.densities_by
        rows = {r: projected(r, self.moments, settings.directions) for r in {self.fit, self.target}}
        judge = partial(scored_by_others, fit=rows[self.fit], target=rows[self.target], settings=settings)
        same = self.analysis.fitted_on_itself
        gaussian = [mahalanobis(block, self.moments) for block in self.target.blocks()]
        return {
            "gaussian": np.concatenate(gaussian),
            "clusters": judge(cluster_mahalanobis, same=same),
            "mixture": judge(mixture_density, same=same),
        }

    def _identity(self, **more: Any) -> dict[str, Any]:
        pair = {"target": self.target.digest, "fit": self.fit.digest}
        return {"format": FORMAT, **pair, "most": MOST, "directions": DIRECTIONS, **more}

    @property
    def _density_identity(self) -> dict[str, Any]:
        return self._identity(densities=asdict(self.densities_by))
