"""A sparse index of the entries that can be highly active, from which every epsilon and percentile is answered.

Of a matrix h [image, feature] it keeps the entries with z above a floor (2 by default: about 5 % of them), sorted by z
within an image, so that L_i at any epsilon is a prefix of the image's run; the few moments of each row that Q-Score
and the fit check need; and a table of counts per feature and epsilon step, which gives A_j at once. The matrix is read
once, in blocks, and never again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from qscore_core import _index_kernels as kernels
from qscore_core.errors import RepresentationError
from qscore_core.progress import Meter, OnProgress, silent

FLOOR = 2.0
STEPS = np.round(np.arange(20, 101) / 10, 1)  # epsilon 2.0, 2.1, ..., 10.0: what a slider can be set to
BLOCK_BYTES = 32 << 20


@dataclass(frozen=True, eq=False)
class ActivationIndex:
    """Entries with z > `floor` of N x r representations.

    `starts` int64 [image + 1] delimits each image's run in `features` (uint16 or uint32) and `z` (float32, descending
    within a run); `moments` float64 [image, moment] in the order of `kernels.MOMENTS`; `counts` int32 [step, feature]
    is the number of images with z > STEPS[step].
    """

    floor: float
    dim: int
    starts: Int[np.ndarray, " image_plus_one"]
    features: np.ndarray
    z: np.ndarray
    moments: Float[np.ndarray, "image moment"]
    counts: Int[np.ndarray, "step feature"]

    @property
    def images(self) -> int:
        return len(self.starts) - 1

    def moment(self, name: str) -> Float[np.ndarray, " image"]:
        """One of `mean, std, l2, l1, max_z, zeros, negative, kurtosis` of each image's row, before normalising."""
        return self.moments[:, kernels.MOMENTS.index(name)]

    def rates(self, epsilon: float) -> Float[np.ndarray, " feature"]:
        """A_j in percent at `epsilon`: from the table of counts on its steps, else by one pass over the entries."""
        step = np.flatnonzero(np.isclose(STEPS, epsilon, rtol=0, atol=1e-9))
        if len(step) and self.floor <= FLOOR:
            counts = self.counts[step[0]]
        else:
            self._require_covered(epsilon)
            counts = kernels.count_active(self.starts, self.features, self.z, self.dim, epsilon)
        return 100.0 * counts / max(self.images, 1)

    def active_features(self, image: int, epsilon: float) -> tuple[np.ndarray, np.ndarray]:
        """L_i: feature numbers and their z, strongest first."""
        self._require_covered(epsilon)
        run = slice(self.starts[image], self.starts[image + 1])
        z = self.z[run]
        keep = int(np.searchsorted(-z, -epsilon, side="left"))
        return self.features[run][:keep].astype(np.int64), z[:keep]

    def sums_over(
        self, members: np.ndarray, epsilon: float
    ) -> tuple[Float[np.ndarray, " image"], Int[np.ndarray, " image"], Int[np.ndarray, " image"]]:
        """For each image: sum of z over L_i n D, |L_i n D| and |L_i|, with D given as bool [feature]."""
        self._require_covered(epsilon)
        return kernels.sum_members(self.starts, self.features, self.z, members, epsilon)

    def images_of(self, feature: int) -> tuple[np.ndarray, np.ndarray]:
        """Images in which z of one feature exceeds the floor, and those z (float32), in image order."""
        entries = np.flatnonzero(self.features == feature)
        return np.searchsorted(self.starts, entries, side="right") - 1, self.z[entries]

    def _require_covered(self, epsilon: float) -> None:
        if epsilon < self.floor:
            raise RepresentationError(
                f"This index holds entries with z above {self.floor:g}; epsilon = {epsilon:g} needs one built with "
                f"`floor={epsilon:g}`."
            )


@dataclass(frozen=True, eq=False)
class IndexPart:
    """The index of one block of rows; fields as in `ActivationIndex`, with lengths for starts."""

    lengths: Int[np.ndarray, " image"]
    features: np.ndarray
    z: np.ndarray
    moments: Float[np.ndarray, "image moment"]
    counts: Int[np.ndarray, "step feature"]


def build_index(
    matrix: Float[np.ndarray, "image feature"],
    *,
    floor: float = FLOOR,
    two_sided: bool = False,
    on_progress: OnProgress = silent,
) -> ActivationIndex:
    """Index of a matrix, held in memory."""
    rows, dim = rows_per_block(matrix.shape[1]), matrix.shape[1]
    blocks = (matrix[first : first + rows] for first in range(0, len(matrix), rows))
    parts = list(index_blocks(blocks, len(matrix), floor=floor, two_sided=two_sided, on_progress=on_progress))
    join = lambda name: np.concatenate([getattr(part, name) for part in parts])  # noqa: E731
    starts = np.concatenate([[0], np.cumsum(join("lengths"))])
    counts = sum((part.counts for part in parts), np.zeros((len(STEPS), dim), np.int32))
    return ActivationIndex(floor, dim, starts, join("features"), join("z"), join("moments"), counts)


def rows_per_block(dim: int) -> int:
    """Rows of a block of about 32 MB."""
    return max(1, BLOCK_BYTES // (4 * dim))


def index_blocks(
    blocks: Iterable[np.ndarray], images: int, *, floor: float, two_sided: bool, on_progress: OnProgress = silent
) -> Iterator[IndexPart]:
    """The index of each block [image, feature] in turn. Raises RepresentationError naming a row that is not finite."""
    meter, done = Meter("index", images, on_progress), 0
    for rows in blocks:
        block = np.ascontiguousarray(rows, dtype=np.float32)
        lengths, features, z, moments = kernels.index_block(block, floor, two_sided)
        if not np.isfinite(moments).all():
            bad = done + int(np.flatnonzero(~np.isfinite(moments).all(axis=1))[0])
            raise RepresentationError(f"Row {bad} of the representations holds NaN or infinite values.")
        dim = block.shape[1]
        counts = kernels.count_steps(features, z, dim, STEPS)
        yield IndexPart(lengths, features.astype(np.uint16 if dim <= 1 << 16 else np.uint32), z, moments, counts)
        done += len(block)
        meter.update(done)
