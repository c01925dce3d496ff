"""One pass of the encoder over the pictures gives all numbers of an alignment."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from qscore_core._decoding import decode_batches
from qscore_core.alignment.batches import Pairs, mask_shares, metric_values, pair_values, sweep_values
from qscore_core.alignment.framing import framed_masks
from qscore_core.alignment.planning import Plan, plan_of
from qscore_core.alignment.settings import STANDARD, AlignmentSettings
from qscore_core.alignment.values import Alignment, Measured
from qscore_core.datasets import Dataset
from qscore_core.encoders import Encoder
from qscore_core.errors import DatasetError
from qscore_core.heatmaps import combined_map, feature_maps, firing_features, upsampled
from qscore_core.pipeline import Analysis
from qscore_core.progress import Meter, OnProgress, silent

BATCH = 64


@dataclass(frozen=True, eq=False)
class _Material:
    encoder: Encoder
    dataset: Dataset
    analysis: Analysis
    settings: AlignmentSettings
    plan: Plan


def measure(
    encoder: Encoder,
    dataset: Dataset,
    analysis: Analysis,
    settings: AlignmentSettings = STANDARD,
    workers: int = 0,
    on_progress: OnProgress = silent,
) -> Alignment:
    """Every metric of every picture and of every discriminative feature in its strongest pictures.

    `dataset` is the split that `analysis` scored; `workers` processes decode its pictures. Raises DatasetError for a
    set without masks and EncoderError for a network without a last map whose mean is h.
    """
    if not dataset.has_masks:
        raise DatasetError(
            f"`{dataset.ref}` has no masks, so heat cannot be compared with them. Use `habitats`, a `table:` with the "
            "columns `core_mask` or `spurious_mask`, or a data set with masks."
        )
    material = _Material(encoder, dataset, analysis, settings, plan_of(dataset, analysis, settings))
    meter = Meter("where features look", len(material.plan.rows), on_progress)
    parts, failures = [], {}
    for part, unread in _parts(material, workers):
        parts.append(part)
        failures |= dict.fromkeys(unread)
        meter.update(sum(len(done.heat) for done in parts))
    joined = {field.name: np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Measured)}
    return _alignment(material, Measured(**joined), tuple(failures))


def _parts(material: _Material, workers: int) -> Iterator[tuple[Measured, list[str]]]:
    """Some pictures at a time, in their order."""
    plan, transform, first = material.plan, material.encoder.transform, 0
    for pixels, failures in decode_batches(material.dataset, transform, plan.rows.tolist(), BATCH, workers):
        here = slice(first, first + len(pixels))
        own, unread = framed_masks(material.dataset, plan.rows[here].tolist(), transform)
        other, _ = framed_masks(material.dataset, plan.rows[plan.others[here]].tolist(), transform)
        readable = torch.tensor([failure is None for failure in failures])
        yield (
            _measured(material, here, transform.normalize(pixels), readable, own, other),
            [*unread, *(failure for failure in failures if failure)],
        )
        first += len(pixels)


def _measured(
    material: _Material, here: slice, pixels: Tensor, readable: Tensor, own: Tensor, other: Tensor
) -> Measured:
    plan, settings, analysis = material.plan, material.settings, material.analysis
    maps = feature_maps(material.encoder, pixels)
    device, size, thresholds = maps.device, tuple(own.shape[-2:]), settings.thresholds
    own, other = (masks.to(device) * readable.to(device)[:, None, None, None] for masks in (own, other))
    chosen = torch.from_numpy(firing_features(analysis, plan.places[here].tolist())).to(device)
    heat = upsampled(combined_map(maps, chosen), size)
    inside = (plan.images >= here.start) & (plan.images < here.stop)
    features, images = (torch.from_numpy(numbers[inside]).to(device) for numbers in (plan.features, plan.images))
    both = torch.cat([own, other], dim=1)
    values, shuffled = metric_values(heat, both, thresholds).chunk(2, dim=1)
    of_pairs, of_pairs_shuffled = pair_values(maps, Pairs(features, images - here.start), both, thresholds).chunk(2, 1)
    found = {
        "heat": (heat > 0).flatten(1).any(1) & readable.to(device),
        "shares": mask_shares(own, thresholds.mask),
        "values": values,
        "shuffled": shuffled,
        "sweep": sweep_values(heat, own, settings.sweep_heat, settings.sweep_mask),
        "pair_values": of_pairs,
        "pair_shuffled": of_pairs_shuffled,
    }
    return Measured(**{name: values.cpu().numpy() for name, values in found.items()})


def _alignment(material: _Material, measured: Measured, failures: tuple[str, ...]) -> Alignment:
    dataset, analysis, plan = material.dataset, material.analysis, material.plan
    pictures = dataset.table.iloc[plan.rows][["id", "path", "label"]].reset_index(drop=True)
    members = np.flatnonzero(analysis.features.discriminative)
    return Alignment(
        encoder=material.encoder.ref,
        dataset=dataset.ref,
        split=dataset.split,
        epsilon=analysis.settings.features.epsilon,
        settings=material.settings,
        classes=dataset.classes,
        pictures=pictures.assign(place=plan.places),
        features=pd.DataFrame({"feature": members, "rate": analysis.features.rates[members]}),
        pairs=pd.DataFrame({"feature": plan.features, "image": plan.images, "z": plan.z}),
        measured=measured,
        failures=failures,
    )
