"""The images that several encoders have in common, joined by their stable ids and never by their place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qscore_core.errors import DatasetError


@dataclass(frozen=True, eq=False)
class Shared:
    """Ids that every encoder has, in the first encoder's order; `places` are their rows in each encoder's table.

    `missing` are the ids that an encoder lacks although another has them, in the order in which they were met.
    """

    ids: tuple[str, ...]
    places: Mapping[str, np.ndarray]
    missing: Mapping[str, tuple[str, ...]]

    @property
    def images(self) -> int:
        return len(self.ids)


def join(ids: Mapping[str, Sequence[str]]) -> Shared:
    """Joins lists of ids, by encoder. Raises DatasetError where an id stands twice or no image is in all lists."""
    place_of = {name: _places(name, listed) for name, listed in ids.items()}
    everything = dict.fromkeys(id_ for listed in ids.values() for id_ in listed)
    shared = tuple(id_ for id_ in everything if all(id_ in places for places in place_of.values()))
    if not shared:
        raise DatasetError(
            f"The encoders should have images in common. Found none among {', '.join(f'`{name}`' for name in ids)}; "
            "ids are compared as they stand in the table, so the data set must be the same."
        )
    return Shared(
        ids=shared,
        places={name: np.array([places[id_] for id_ in shared]) for name, places in place_of.items()},
        missing={name: tuple(id_ for id_ in everything if id_ not in places) for name, places in place_of.items()},
    )


def _places(name: str, listed: Sequence[str]) -> dict[str, int]:
    places = {id_: place for place, id_ in enumerate(listed)}
    if len(places) < len(listed):
        raise DatasetError(f"Ids should be unique. Found {len(listed) - len(places):,} repeated ones for `{name}`.")
    return places
