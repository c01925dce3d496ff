"""AUROC of Q-Score over epsilon and the band of D, and what choosing the best of it by labels is worth.

Choosing settings by their AUROC uses the labels, so that Q is no longer label-free; on the images that chose them they
look better than they are. The split-half check tells by how much.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from qscore_core.evaluation.outcomes import require_both_outcomes, require_comparable
from qscore_core.evaluation.ranking import auroc, masses
from qscore_core.evaluation.resampling import Interval, interval
from qscore_core.pipeline import Analysis
from qscore_core.qscore import ScoreSettings, find_features, q_scores

EPSILONS = (2.0, 2.3, 2.6, 2.9, 3.2, 3.5, 3.8, 4.0, 4.5, 5.0)
LOWERS = (0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0)
HALVINGS = 100


@dataclass(frozen=True)
class SplitHalf:
    """Settings chosen by AUROC on one half of the images, judged on the other; means over `halvings` random halves.

    `seen` is the AUROC of the chosen settings on the half that chose them, `unseen` on the other, `fixed` that of the
    settings in use there. `gain` is unseen less fixed, with the middle 95 % of the halvings.
    """

    seen: float
    unseen: float
    fixed: float
    gain: float
    gain_ci: Interval
    halvings: int

    @property
    def optimism(self) -> float:
        return self.seen - self.unseen


@dataclass(frozen=True)
class Surface:
    """`auroc` of Q and `empty`, the share of images without any, each [epsilon][lower percentile]."""

    epsilons: tuple[float, ...]
    lowers: tuple[float, ...]
    upper: float
    auroc: tuple[tuple[float, ...], ...]
    empty: tuple[tuple[float, ...], ...]
    used: float
    split_half: SplitHalf

    @property
    def best(self) -> tuple[float, float, float]:
        """AUROC, epsilon and lower percentile of the highest point."""
        table = np.array(self.auroc)
        row, column = np.unravel_index(table.argmax(), table.shape)
        return float(table[row, column]), self.epsilons[row], self.lowers[column]

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "best": self.best, "optimism": self.split_half.optimism}


def sweep(analysis: Analysis, correct: Bool[np.ndarray, " image"], seed: int = 0) -> Surface:
    """Q at all settings of the grid from the index, judged by `correct`; `used` is the AUROC at the settings in use."""
    require_comparable(analysis.scores.q, correct)
    require_both_outcomes(correct)
    upper, dim = analysis.settings.features.upper, analysis.target.dim
    lowest = analysis.fit_index.floor
    epsilons = tuple(e for e in EPSILONS if lowest <= e and dim > e * e + 1)
    lowers = tuple(lower for lower in LOWERS if lower < upper)
    found = [scored(analysis, settings) for settings in _grid(analysis.settings, epsilons, lowers)]
    whole = np.ones((1, len(correct)))
    heights = [float(auroc(masses(q, correct, whole))[0]) for q, _ in found]
    used = float(auroc(masses(analysis.scores.q, correct, whole))[0])
    return Surface(
        epsilons,
        lowers,
        upper,
        _as_rows(heights, len(lowers)),
        _as_rows([share for _, share in found], len(lowers)),
        used,
        split_half([q for q, _ in found], analysis.scores.q, correct, seed),
    )


def scored(analysis: Analysis, settings: ScoreSettings) -> tuple[Float[np.ndarray, " image"], float]:
    """Q of every image at other settings, and the share of images without any."""
    features = find_features(analysis.fit_index, settings.features)
    scores = q_scores(analysis.index, features, settings)
    return scores.q, scores.empty / len(scores.q)


def split_half(
    candidates: list[Float[np.ndarray, " image"]],
    fixed: Float[np.ndarray, " image"],
    correct: Bool[np.ndarray, " image"],
    seed: int = 0,
    halvings: int = HALVINGS,
) -> SplitHalf:
    """Choosing among `candidates` by labels on one half, against `fixed` on the other half. Each half has its turn."""
    first = _halves(len(correct), halvings, seed)
    turns = np.concatenate([first, 1 - first])
    chooses = np.stack([auroc(masses(q, correct, turns)) for q in candidates])
    judges = np.roll(chooses, halvings, axis=1)  # the other half of a turn is a turn itself
    usable = np.isfinite(chooses[0]) & np.isfinite(judges[0])
    chosen, turn = chooses[:, usable].argmax(axis=0), np.flatnonzero(usable)
    seen, unseen = chooses[chosen, turn], judges[chosen, turn]
    plain = auroc(masses(fixed, correct, 1 - turns))[usable]
    gain = unseen - plain
    means = (float(values.mean()) for values in (seen, unseen, plain, gain))
    return SplitHalf(*means, interval(gain, 0.95), int(usable.sum()) // 2)


def _halves(images: int, halvings: int, seed: int) -> Float[np.ndarray, "halving image"]:
    """1 for the images of the first half."""
    rng = np.random.default_rng(seed)
    half = np.arange(images) < images // 2
    return np.stack([rng.permutation(half) for _ in range(halvings)]).astype(np.float64)


def _grid(settings: ScoreSettings, epsilons: tuple[float, ...], lowers: tuple[float, ...]) -> Iterator[ScoreSettings]:
    for epsilon in epsilons:
        for lower in lowers:
            yield replace(settings, features=replace(settings.features, epsilon=epsilon, lower=lower))


def _as_rows(values: list[float], columns: int) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(values[start : start + columns]) for start in range(0, len(values), columns))
