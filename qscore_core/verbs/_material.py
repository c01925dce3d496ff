"""What a verb that looks at pictures works from: encoder, data set and scores, each opened when it is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from qscore_core._decoding import decode_batches
from qscore_core.datasets import Dataset, open_dataset
from qscore_core.devices import pick_device
from qscore_core.encoders import Encoder, load_encoder
from qscore_core.errors import DatasetError, SettingsError
from qscore_core.pipeline import Analysis
from qscore_core.verbs._common import Session
from qscore_core.verbs._stored import default_split
from qscore_core.verbs.scoring import ScoreRequest, analysed


@dataclass(frozen=True)
class Material:
    """Images are named by their ids in the split's table."""

    request: ScoreRequest
    session: Session

    @cached_property
    def encoder(self) -> Encoder:
        ref = self.request.encoder
        if ref is None:
            raise SettingsError("Heat maps need an encoder: name one with --encoder.")
        return load_encoder(ref, workspace=self.session.workspace, device=pick_device(self.session.device))

    @cached_property
    def dataset(self) -> Dataset:
        ref = self.request.dataset
        if ref.startswith("features:"):
            raise DatasetError(f"`{ref}` holds numbers and no pictures; heat maps need pictures.")
        split = default_split(ref, self.request.split, self.session, "test")
        return open_dataset(ref, split, workspace=self.session.workspace, on_progress=self.session.tell)

    @cached_property
    def analysis(self) -> Analysis:
        return analysed(self.request, self.session)

    def lowest(self, count: int) -> list[str]:
        """Ids of the images with the lowest Q-Scores, lowest first."""
        order = np.argsort(self.analysis.scores.q, kind="stable")[:count]
        return [str(id_) for id_ in self.analysis.target.table["id"].iloc[order]]

    def scored_places(self, ids: Sequence[str]) -> list[int]:
        """Rows of the analysis. Raises DatasetError for an image that has no representation."""
        place_of = {str(id_): place for place, id_ in enumerate(self.analysis.target.table["id"])}
        for id_ in ids:
            if id_ not in place_of:
                raise DatasetError(f"Image `{id_}` was skipped by extraction, so it has no scores; `extract` says why.")
        return [place_of[id_] for id_ in ids]

    def pictures(self, ids: Sequence[str]) -> Tensor:
        """uint8 [image, height, width, channel] in the frame of the network's input.

        Raises DatasetError for an id that the split does not have and for an image that cannot be read.
        """
        row_of = {str(id_): row for row, id_ in enumerate(self.dataset.table["id"])}
        for id_ in ids:
            if id_ not in row_of:
                raise DatasetError(
                    f"`{self.dataset.ref}` split `{self.dataset.split}` has no image `{id_}`. "
                    f"Its ids look like `{next(iter(row_of))}`."
                )
        rows, read = [row_of[id_] for id_ in ids], []
        for pixels, failures in decode_batches(self.dataset, self.encoder.transform, rows, 64, workers=0):
            for failure in filter(None, failures):
                raise DatasetError(failure)
            read.append(pixels)
        return torch.cat(read)
