"""Representations of several random views of an image, made once and kept: does the encoder hold on to the picture?

A view is made by SimCLR's recipe (`objectives.views`) out of the frame that the network sees, whatever the encoder was
trained with, so that encoders are compared on the same views.
"""

from dataclasses import asdict, dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torchvision.transforms.functional import normalize

from qscore_core._decoding import decode_batches
from qscore_core.datasets import Dataset, open_dataset
from qscore_core.devices import pick_device
from qscore_core.encoders import Encoder, load_encoder
from qscore_core.errors import DatasetError, RepresentationError, SettingsError
from qscore_core.extraction import ExtractSettings
from qscore_core.kept_arrays import are_kept, kept_arrays
from qscore_core.model_metrics import view_metrics
from qscore_core.objectives import ViewRecipe, make_view, view_draws
from qscore_core.progress import Meter, OnProgress, silent
from qscore_core.representations import Representations
from qscore_core.workspace import Workspace

KIND, FORMAT = "views", 1
STREAM = 5  # of random numbers, apart from those of training
BATCH = 64  # part of which random numbers an image gets, so no setting


@dataclass(frozen=True)
class ViewSettings:
    """`views` of each of at most `images` images, drawn by `seed` where a split has more."""

    views: int = 4
    images: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        if self.views < 2 or self.images < 2:
            raise SettingsError(
                f"`views` and `images` should both be at least 2. Found {self.views} views of {self.images} images."
            )

    def places(self, images: int) -> Int[np.ndarray, " viewed"]:
        """Which rows of a split are looked at, in their order."""
        if images <= self.images:
            return np.arange(images)
        return np.sort(np.random.default_rng(self.seed).choice(images, self.images, replace=False))


@dataclass(frozen=True, eq=False)
class Viewed:
    """`h` float32 of the rows `places` of a split."""

    settings: ViewSettings
    places: Int[np.ndarray, " viewed"]
    h: Float[np.ndarray, "viewed view feature"]


def views_of(
    representations: Representations,
    workspace: Workspace,
    settings: ViewSettings,
    device: str = "auto",
    on_progress: OnProgress = silent,
) -> Viewed:
    """Runs the encoder on the views unless that was done before.

    Raises DatasetError for imported arrays and for a picture that can no longer be read, RepresentationError where the
    encoder's weights are no longer those of the representations.
    """
    places = settings.places(representations.images)

    def make() -> dict[str, np.ndarray]:
        encoder = _encoder(representations, workspace)
        encoder.module.to(pick_device(device))
        dataset = open_dataset(representations.ref, representations.split, workspace=workspace)
        rows = _rows(dataset, representations, places)
        return {"h": _seen(encoder, dataset, rows, settings, on_progress)}

    return Viewed(settings, places, kept_arrays(KIND, _identity(representations, settings), workspace, make)["h"])


def stored_views(representations: Representations, workspace: Workspace, settings: ViewSettings) -> Viewed | None:
    """The views if they were made before; computes nothing."""
    if not are_kept(KIND, _identity(representations, settings), workspace):
        return None
    return views_of(representations, workspace, settings)


def view_metrics_of(
    representations: Representations,
    workspace: Workspace,
    settings: ViewSettings,
    device: str = "auto",
    on_progress: OnProgress = silent,
) -> dict[str, float]:
    """The model metrics of several views; raises as `views_of`."""
    return view_metrics(views_of(representations, workspace, settings, device, on_progress).h)


def _identity(representations: Representations, settings: ViewSettings) -> dict[str, object]:
    how = asdict(settings) | {"images": min(settings.images, representations.images)}
    return {"format": FORMAT, "representations": representations.digest, **how}


def _encoder(representations: Representations, workspace: Workspace) -> Encoder:
    ref = representations.about.get("encoder")
    if ref is None:
        raise DatasetError(f"Views need pictures and an encoder, and `{representations.ref}` is an array brought in.")
    encoder = load_encoder(ref, workspace=workspace)
    if encoder.fingerprint != representations.about["fingerprint"]:
        raise RepresentationError(
            f"`{ref}` should still have the weights that its representations were made with. Found others; "
            "extract again."
        )
    return encoder


def _rows(dataset: Dataset, representations: Representations, places: Int[np.ndarray, " viewed"]) -> list[int]:
    """Rows of the data set, which also holds what extraction had to skip."""
    row_of = {str(id_): row for row, id_ in enumerate(dataset.table["id"])}
    return [row_of[str(id_)] for id_ in representations.table["id"].to_numpy()[places]]


def _seen(
    encoder: Encoder, dataset: Dataset, rows: list[int], settings: ViewSettings, on_progress: OnProgress
) -> Float[np.ndarray, "viewed view feature"]:
    meter = Meter("looking at views", len(rows), on_progress)
    found: list[np.ndarray] = []
    batches = decode_batches(dataset, encoder.transform, rows, BATCH, ExtractSettings().worker_count)
    for number, (frames, failures) in enumerate(batches):
        for failure in filter(None, failures):
            raise DatasetError(failure)
        found.append(_of_batch(encoder, frames, number, settings))
        meter.update(BATCH * number + len(frames))
    return np.concatenate(found)


@torch.inference_mode()
def _of_batch(
    encoder: Encoder, frames: Tensor, number: int, settings: ViewSettings
) -> Float[np.ndarray, "viewed view feature"]:
    recipe, device = ViewRecipe(encoder.transform.crop), next(encoder.module.parameters()).device
    frames, transform, found = frames.to(device), encoder.transform, []
    for view in range(settings.views):
        draws = view_draws(settings.seed, number * settings.views + view, len(frames), stream=STREAM)
        pixels = normalize(make_view(frames, recipe, draws), list(transform.mean), list(transform.std))
        found.append(encoder(pixels.contiguous(memory_format=torch.channels_last)).float())
    return torch.stack(found, dim=1).cpu().numpy()
