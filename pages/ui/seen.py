"""What the network sees of some images of a split: pixels, masks and maps, computed once a session asks for them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from pages.ui import cached, cards
from pages.ui.view import View
from qscore_core.alignment import framed_masks
from qscore_core.datasets import Dataset
from qscore_core.encoders import Encoder
from qscore_core.heatmaps import KeptMaps, Target, heat_maps, kept_maps


@dataclass(frozen=True, eq=False)
class Seen:
    """Images of the scored split: their `places` among the representations and their `rows` in the data set.

    `pictures` is uint8 [image, side, side, 3] in the frame of the network's input, `masks` [image, kind, side, side].
    """

    view: View
    encoder: Encoder
    dataset: Dataset
    places: tuple[int, ...]
    rows: tuple[int, ...]
    pictures: np.ndarray
    masks: Tensor

    def heat(self, name: str, target: Target, method: str, layer: str | None) -> np.ndarray:
        """float32 [image, side, side]; `name` names the target. Raises QScoreError as `heat_maps` does."""
        key = f"{self.encoder.fingerprint}/{self.view.key}/{self.places}/{name}/{method}/{layer}"
        return _heat(key, self.encoder, self.pictures, target, method, layer)

    def kept(self) -> KeptMaps:
        """Maps of all features, from the workspace. Raises EncoderError where the network has none."""
        return kept_maps(self.encoder, self.dataset, self.rows, cached.workspace())


def see(view: View, dataset: Dataset, places: Sequence[int]) -> Seen:
    """Raises QScoreError where the encoder cannot be loaded or a picture cannot be read."""
    encoder = cached.encoder(view.choice.encoder)
    row_of = cards.rows_by_id(dataset)
    rows = tuple(int(row_of[str(view.target.table["id"].iloc[place])]) for place in places)
    pictures, masks = _framed(f"{dataset.digest}/{rows}/{encoder.transform}", dataset, encoder, rows)
    return Seen(view, encoder, dataset, tuple(places), rows, pictures, masks)


@st.cache_data(max_entries=64, show_spinner=False)
def _framed(key: str, _dataset: Dataset, _encoder: Encoder, _rows: tuple[int, ...]) -> tuple[np.ndarray, Tensor]:
    del key
    transform = _encoder.transform
    pictures = np.stack([transform.geometry(_dataset.source.image(row)) for row in _rows])
    return pictures, framed_masks(_dataset, _rows, transform)[0]


@st.cache_data(max_entries=64, show_spinner="Looking")
def _heat(
    key: str, _encoder: Encoder, _pictures: np.ndarray, _target: Target, method: str, layer: str | None
) -> np.ndarray:
    del key
    pixels = _encoder.transform.normalize(torch.from_numpy(_pictures))
    return heat_maps(_encoder, pixels, _target, method, layer).numpy()
