"""A look at an encoder on a few images, before the hours that a whole data set may take."""

import time
from dataclasses import dataclass

import numpy as np
import torch

from qscore_core._representing import represented
from qscore_core.activation import FeatureSettings, highly_active
from qscore_core.datasets.dataset import Dataset
from qscore_core.encoders.encoder import Encoder
from qscore_core.errors import DatasetError
from qscore_core.fit_check import DENSE, MANY_EMPTY, SIGNED
from qscore_core.progress import Meter, OnProgress, silent

BATCH = 16
SAME = 1e-6  # spread of the unit representations below which images cannot be told apart


@dataclass(frozen=True)
class Trial:
    """What a few images show. Shares lie in [0, 1], counted over all entries of h [image, feature].

    `images_per_second` includes reading the pictures in one process; `seconds_for_all` is the whole split at that
    rate. `mean_active` is the number of highly active features of an image at `epsilon`, `warnings` are sentences.
    """

    encoder: str
    dataset: str
    split: str
    images: int
    skipped: tuple[str, ...]
    dim: int
    images_per_second: float
    seconds_for_all: float
    zero_share: float
    negative_share: float
    epsilon: float
    mean_active: float
    empty_share: float
    warnings: tuple[str, ...]


def try_encoder(
    encoder: Encoder,
    dataset: Dataset,
    images: int = 64,
    epsilon: float = FeatureSettings.epsilon,
    on_progress: OnProgress = silent,
) -> Trial:
    """Represents `images` pictures, spread evenly over the data set, on the device that the encoder is on.

    Raises DatasetError where none of them can be read.
    """
    rows = range(0, len(dataset), max(len(dataset) // max(images, 1), 1))[:images]
    h, skipped, rate = _represent(encoder, dataset, rows, on_progress)
    if not len(h):
        raise DatasetError(f"None of the {len(rows)} images tried of `{dataset.ref}` can be read: {skipped[0]}")
    active = highly_active(torch.from_numpy(h), epsilon).sum(dim=1).numpy()
    facts = {
        "zero_share": float((h == 0).mean()),
        "negative_share": float((h < 0).mean()),
        "mean_active": float(active.mean()),
        "empty_share": float((active == 0).mean()),
    }
    return Trial(
        encoder=encoder.ref,
        dataset=dataset.ref,
        split=dataset.split,
        images=len(h),
        skipped=skipped,
        dim=encoder.dim,
        images_per_second=rate,
        seconds_for_all=len(dataset) / rate,
        epsilon=epsilon,
        warnings=(*encoder.warnings, *_warnings(encoder, h, epsilon, facts)),
        **facts,
    )


def _represent(
    encoder: Encoder, dataset: Dataset, rows: range, on_progress: OnProgress
) -> tuple[np.ndarray, tuple[str, ...], float]:
    """h of the images that can be read, why the others cannot, and images per second without the first batch."""
    parts, skipped, done = [], [], []
    meter = Meter("trying", len(rows), on_progress)
    began = time.perf_counter()
    for h, failures in represented(encoder, dataset, rows, BATCH, "fp32", workers=0):
        parts.append(h[[failure is None for failure in failures]])
        skipped += [failure for failure in failures if failure]
        done.append((time.perf_counter() - began, len(h)))
        meter.update(sum(count for _, count in done))
    first = done[0] if len(done) > 1 else (0.0, 0)  # memory is found and kernels are chosen there
    images = sum(count for _, count in done) - first[1]
    return np.concatenate(parts), tuple(skipped), images / max(done[-1][0] - first[0], 1e-9)


def _warnings(encoder: Encoder, h: np.ndarray, epsilon: float, facts: dict[str, float]) -> list[str]:
    found = []
    if encoder.dim <= epsilon**2 + 1:
        found.append(
            f"With {encoder.dim} features the largest possible z is {np.sqrt(max(encoder.dim - 1, 0)):.2f}, so none "
            f"can be highly active at epsilon {epsilon:g}. Use a smaller epsilon, or an encoder with more features."
        )
    elif facts["empty_share"] > MANY_EMPTY:
        found.append(
            f"{facts['empty_share']:.0%} of these images have no highly active feature at epsilon {epsilon:g}. "
            "The automatic one is chosen to suit."
        )
    if facts["negative_share"] > SIGNED:
        found.append(
            f"{facts['negative_share']:.0%} of the entries are negative, as in a Vision Transformer or a network "
            "without a last ReLU. Q-Score was made for representations after one; the two-sided option reads |z|."
        )
    elif facts["zero_share"] < DENSE:
        found.append(
            f"Only {facts['zero_share']:.1%} of the entries are zero: these representations are dense, while the "
            "paper's are nearly sparse."
        )
    norms = np.linalg.norm(h, axis=1, keepdims=True)
    if len(h) > 1 and (h / np.maximum(norms, 1e-30)).std(axis=0).max() < SAME:
        found.append("All images have the same representation: these weights or this normalisation cannot be right.")
    return found
