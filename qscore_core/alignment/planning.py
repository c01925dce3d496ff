"""What an alignment looks at: which pictures, in which of them each feature is strongest, whose mask is the control."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Int

from qscore_core.alignment.settings import AlignmentSettings
from qscore_core.datasets import Dataset
from qscore_core.pipeline import Analysis


@dataclass(frozen=True, eq=False)
class Plan:
    """`rows` of the data set that are looked at and their `places` in the scored split, both [image].

    Pair p is feature `features[p]` in picture `images[p]` (a place in `rows`), where its z is `z[p]`; pairs stand in
    the order of pictures. `others` names for each picture the one whose masks are its control, itself if it is alone.
    """

    rows: Int[np.ndarray, " image"]
    places: Int[np.ndarray, " image"]
    features: Int[np.ndarray, " pair"]
    images: Int[np.ndarray, " pair"]
    z: np.ndarray
    others: Int[np.ndarray, " image"]


def plan_of(dataset: Dataset, analysis: Analysis, settings: AlignmentSettings) -> Plan:
    """Pictures that extraction skipped are left out."""
    place_of = {id_: place for place, id_ in enumerate(analysis.target.table["id"])}
    found = np.array([place_of.get(id_, -1) for id_ in dataset.table["id"].head(settings.images or len(dataset))])
    rows = np.flatnonzero(found >= 0)
    image_of = np.full(analysis.index.images, -1)
    image_of[found[rows]] = np.arange(len(rows))
    features, images, z = strongest_pictures(analysis, image_of, settings.top)
    return Plan(rows, found[rows], features, images, z, other_pictures(len(rows), settings.seed))


def strongest_pictures(
    analysis: Analysis, image_of: Int[np.ndarray, " place"], top: int
) -> tuple[Int[np.ndarray, " pair"], Int[np.ndarray, " pair"], np.ndarray]:
    """Of each discriminative feature the pictures with its largest z among those in which it is highly active.

    `image_of` numbers the pictures that may be taken, -1 for the others. Returns features, pictures and z.
    """
    index = analysis.index
    image = np.repeat(image_of, np.diff(index.starts))
    features = np.asarray(index.features, np.int64)
    wanted = (image >= 0) & (index.z > analysis.settings.features.epsilon) & analysis.features.discriminative[features]
    image, features, z = image[wanted], features[wanted], np.asarray(index.z)[wanted]
    order = np.lexsort((image, -z, features))
    ordered = features[order]
    rank = np.arange(len(ordered)) - np.searchsorted(ordered, ordered)
    kept = np.sort(order[rank < top])  # entries stand in the order of images
    return features[kept], image[kept], z[kept]


def other_pictures(count: int, seed: int) -> Int[np.ndarray, " image"]:
    """A random cycle through all pictures: each is the control of one, none of itself."""
    order = np.random.default_rng(seed).permutation(count)
    others = np.empty(count, np.int64)
    others[order] = np.roll(order, 1)
    return others
