"""The ten habitats by name."""

from collections.abc import Callable

import numpy as np

from .near_places import autumn, forest, meadow, pond, reef, shingle
from .open_places import city, dune, night, snow
from .places import Place

DRAW_HABITAT: dict[str, Callable[[np.random.Generator], Place]] = {
    habitat.__name__: habitat for habitat in (dune, pond, reef, snow, autumn, meadow, night, city, shingle, forest)
}
