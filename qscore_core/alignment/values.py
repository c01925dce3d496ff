"""What an alignment holds: a number for every picture and every pair of feature and picture, means are taken later."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float

from qscore_core.alignment.settings import AlignmentSettings


@dataclass(frozen=True, eq=False)
class Measured:
    """Arrays of an alignment, NaN where a number is not defined; kinds as in `KINDS`, metrics as in `METRICS`.

    `shares` are the masks' shares of the picture. `values` are of the picture's discriminative heat and its own masks,
    `shuffled` of the same heat and another picture's masks, `sweep` is the heat-weighted IoU at other thresholds.
    `pair_values` and `pair_shuffled` are of single features in single pictures.
    """

    heat: Bool[np.ndarray, " image"]
    shares: Float[np.ndarray, "image kind"]
    values: Float[np.ndarray, "image kind metric"]
    shuffled: Float[np.ndarray, "image kind metric"]
    sweep: Float[np.ndarray, "image kind mask_threshold heat_threshold"]
    pair_values: Float[np.ndarray, "pair kind metric"]
    pair_shuffled: Float[np.ndarray, "pair kind metric"]


@dataclass(frozen=True, eq=False)
class Alignment:
    """Where the discriminative features of an encoder look on a split, against its masks.

    `pictures` has `id, path, label` and `place`, the row in the scored split; `features` has every discriminative
    `feature` with its activation `rate` in percent; `pairs` has `feature`, `image` (a row of `pictures`) and `z`.
    `failures` says why masks or pictures could not be read.
    """

    encoder: str
    dataset: str
    split: str
    epsilon: float
    settings: AlignmentSettings
    classes: tuple[str, ...]
    pictures: pd.DataFrame
    features: pd.DataFrame
    pairs: pd.DataFrame
    measured: Measured
    failures: tuple[str, ...]

    @property
    def images(self) -> int:
        return len(self.pictures)
