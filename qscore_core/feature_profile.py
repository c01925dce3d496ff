"""What a feature is about, from the images in which it fires: strips of them, classes, and features that fire with it.

A feature j fires in image i where z_ij > epsilon. With N images, n_j of them with feature j firing:

    share of a class c    P(j fires | c)                    purity    P(c | j fires)
    lift of a class       P(j fires | c) / P(j fires)       lift of a pair    N n_jk / (n_j n_k)
    overlap of a pair     n_jk / (n_j + n_k - n_jk)         (Jaccard index)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from qscore_core.activation_index import ActivationIndex


@dataclass(frozen=True, eq=False)
class Firing:
    """The images in which a feature fires, strongest first: row numbers int64 and z float32."""

    images: np.ndarray
    z: np.ndarray

    def __len__(self) -> int:
        return len(self.images)

    def strongest(self, count: int) -> "Firing":
        return self._part(slice(0, count))

    def middle(self, count: int) -> "Firing":
        """Around the median of those in which it fires."""
        first = max((len(self) - count) // 2, 0)
        return self._part(slice(first, first + count))

    def weakest(self, count: int) -> "Firing":
        """Those that barely reach epsilon, the weakest last."""
        return self._part(slice(max(len(self) - count, 0), len(self)))

    def _part(self, places: slice) -> "Firing":
        return Firing(self.images[places], self.z[places])


def firing_of(index: ActivationIndex, feature: int, epsilon: float) -> Firing:
    """Where a feature fires; equal z in image order."""
    images, z = index.images_of(feature)
    fires = z > epsilon
    order = np.argsort(-z[fires], kind="stable")
    return Firing(images[fires][order].astype(np.int64), z[fires][order])


def class_breakdown(firing: Firing, labels: np.ndarray, classes: Sequence[str]) -> pd.DataFrame:
    """One row a class that occurs, largest share first: `class, images, firing, share, purity, lift`.

    `labels` int [image] are places in `classes`, -1 for an image without a label.
    """
    names = np.array([*classes, ""], dtype=object)  # place -1 is the last one
    images, fires = (np.bincount(part % len(names), minlength=len(names)) for part in (labels, labels[firing.images]))
    there = images > 0
    table = pd.DataFrame({"class": names[there], "images": images[there], "firing": fires[there]})
    table["share"] = table["firing"] / table["images"]
    table["purity"] = table["firing"] / max(len(firing), 1)
    table["lift"] = table["share"] / max(len(firing) / max(len(labels), 1), np.finfo(float).tiny)
    return table.sort_values(["share", "class"], ascending=[False, True], kind="stable").reset_index(drop=True)


def co_firing(index: ActivationIndex, feature: int, epsilon: float, most: int = 12) -> pd.DataFrame:
    """Other features that fire in the same images, largest overlap first: `feature, both, overlap, lift`."""
    firing = firing_of(index, feature, epsilon)
    both = counts_within(index, firing.images, epsilon)
    alone = np.rint(index.rates(epsilon) * index.images / 100).astype(np.int64)
    both[feature] = 0
    others = np.flatnonzero(both)
    overlap = both[others] / (len(firing) + alone[others] - both[others])
    lift = index.images * both[others] / (len(firing) * alone[others])
    table = pd.DataFrame({"feature": others, "both": both[others], "overlap": overlap, "lift": lift})
    return table.sort_values("overlap", ascending=False, kind="stable").head(most).reset_index(drop=True)


def counts_within(index: ActivationIndex, images: np.ndarray, epsilon: float) -> np.ndarray:
    """How often each feature fires in the given images, int64 [feature]."""
    starts, lengths = index.starts[images], index.starts[images + 1] - index.starts[images]
    offsets = np.repeat(starts - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths)
    entries = offsets + np.arange(lengths.sum())
    fires = index.z[entries] > epsilon
    return np.bincount(index.features[entries][fires], minlength=index.dim)
