"""How much of the discriminative features' heat lies inside the core and the spurious masks of the pictures.

Where h is the spatial mean of the last map, Grad-CAM of feature h_j at that map is exactly its channel j, so that no
backward pass is needed: the heat of an image is the sum of the channels in L_i n D.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Bool, Float
from PIL import Image
from scipy import stats
from torch import Tensor
from torch.nn.functional import interpolate

from qscore_core._decoding import decode_batches
from qscore_core.datasets import Dataset
from qscore_core.encoders import Encoder
from qscore_core.encoders.networks.resnet import ResNet
from qscore_core.encoders.transform import Transform
from qscore_core.errors import DatasetError, EncoderError
from qscore_core.pipeline import Analysis
from qscore_core.progress import Meter, OnProgress, silent

KINDS = ("core", "spurious")
BATCH = 64


@dataclass(frozen=True)
class HeatSettings:
    """`images`: how many of a split's first pictures are looked at; `level`: of the intervals."""

    images: int = 500
    level: float = 0.95


@dataclass(frozen=True)
class MaskShare:
    """Means over `images` pictures: heat inside the mask, and the mask's own share of the picture, which is chance.

    `lead` is share - chance with its t interval over the pictures, None where there is only one.
    """

    images: int
    share: float
    chance: float
    lead: float
    lead_ci: tuple[float, float] | None


@dataclass(frozen=True)
class HeatShares:
    """`images` were looked at, `empty` of them have no highly active discriminative feature and so no heat.

    A kind is None where no picture has both heat and such a mask.
    """

    epsilon: float
    images: int
    empty: int
    core: MaskShare | None
    spurious: MaskShare | None


def discriminative_heat(
    maps: Float[Tensor, "image feature height width"], chosen: Bool[Tensor, "image feature"], size: tuple[int, int]
) -> Float[Tensor, "image picture_height picture_width"]:
    """Sum of the chosen channels of each image, brought bilinearly to `size`."""
    heat = torch.einsum("ifhw,if->ihw", maps, chosen.to(maps.dtype))
    return interpolate(heat[:, None], size, mode="bilinear", align_corners=False)[:, 0]


def share_inside(
    heat: Float[Tensor, "image height width"], masks: Bool[Tensor, "image height width"]
) -> Float[Tensor, " image"]:
    """sum(heat * mask) / sum(heat) of each image; NaN for an image without heat."""
    return (heat * masks).sum(dim=(1, 2)) / heat.sum(dim=(1, 2))


def heat_shares(
    encoder: Encoder,
    dataset: Dataset,
    analysis: Analysis,
    settings: HeatSettings = HeatSettings(),
    workers: int = 0,
    on_progress: OnProgress = silent,
) -> HeatShares:
    """The shares over the first pictures of the split that `analysis` scored; `dataset` is that split.

    `workers` processes decode the pictures; those that extraction skipped are left out. Raises DatasetError for a set
    without masks, EncoderError for a network that has no last map.
    """
    if not dataset.has_masks:
        raise DatasetError(f"`{dataset.ref}` has no masks, so heat cannot be compared with them.")
    shown = replace(dataset, table=dataset.table.head(settings.images))
    meter = Meter("heat inside masks", len(shown), on_progress)
    found: dict[str, list[tuple[float, float]]] = {kind: [] for kind in KINDS}
    images = empty = 0
    for row, heat in picture_heats(encoder, shown, analysis, workers):
        images += 1
        if heat is None:
            empty += 1
        else:
            for kind, mask in _framed_masks(dataset, row, encoder.transform):
                found[kind].append((float(share_inside(heat[None], mask[None])), float(mask.float().mean())))
        meter.update(row + 1)
    shares = {kind: _summary(pairs, settings.level) for kind, pairs in found.items()}
    return HeatShares(analysis.settings.features.epsilon, images, empty, **shares)


def picture_heats(
    encoder: Encoder, dataset: Dataset, analysis: Analysis, workers: int = 0
) -> Iterator[tuple[int, Float[Tensor, "side side"] | None]]:
    """Each readable picture's row and its heat in the network's own frame; None where no feature of L_i n D has any."""
    if not isinstance(encoder.module, ResNet):
        raise EncoderError(f"Encoder `{encoder.ref}` has no map whose mean is h; heat needs a ResNet.")
    place_of = {id_: place for place, id_ in enumerate(analysis.target.table["id"])}
    places = [place_of.get(id_) for id_ in dataset.table["id"]]
    device, side, first = next(encoder.module.parameters()).device, encoder.transform.crop, 0
    for pixels, failures in decode_batches(dataset, encoder.transform, range(len(dataset)), BATCH, workers):
        chosen = torch.from_numpy(_chosen(analysis, places[first : first + len(pixels)]))
        with torch.inference_mode():
            maps = encoder.module.activation_maps(encoder.transform.normalize(pixels.to(device)))
            heats = discriminative_heat(maps.float(), chosen.to(device), (side, side)).cpu()
        for row, (heat, failure) in enumerate(zip(heats, failures, strict=True), first):
            if places[row] is not None and failure is None:
                yield row, heat if heat.any() else None
        first += len(pixels)


def _chosen(analysis: Analysis, places: list[int | None]) -> Bool[np.ndarray, "image feature"]:
    """Membership of L_i n D for images of the scored split; none for an image that is not among them."""
    members = np.zeros((len(places), analysis.index.dim), bool)
    for row, place in enumerate(places):
        if place is not None:
            active, _ = analysis.index.active_features(place, analysis.settings.features.epsilon)
            members[row, active] = True
    return members & analysis.features.discriminative


def _framed_masks(dataset: Dataset, row: int, transform: Transform) -> Iterator[tuple[str, Bool[Tensor, "side side"]]]:
    """The masks of a picture that have at least one pixel in the network's frame, with their kind."""
    masks = dataset.source.masks(row)
    for kind in KINDS:
        mask = None if masks is None else getattr(masks, kind)
        if mask is not None and (framed := framed_mask(mask, transform)).any():
            yield kind, torch.from_numpy(framed)


def framed_mask(mask: Bool[np.ndarray, "height width"], transform: Transform) -> Bool[np.ndarray, "side side"]:
    """The part of a picture's mask that the network sees, in the geometry of its input."""
    picture = Image.fromarray(mask.astype(np.uint8) * 255)
    return np.array(transform.frame(picture, Image.Resampling.NEAREST)) > 127


def _summary(pairs: list[tuple[float, float]], level: float) -> MaskShare | None:
    if not pairs:
        return None
    share, chance = np.array(pairs).T
    lead = share - chance
    interval = None
    if len(lead) > 1:
        reach = stats.t.ppf((1 + level) / 2, len(lead) - 1) * lead.std(ddof=1) / np.sqrt(len(lead))
        interval = float(lead.mean() - reach), float(lead.mean() + reach)
    return MaskShare(len(lead), float(share.mean()), float(chance.mean()), float(lead.mean()), interval)
