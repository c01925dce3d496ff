"""What an encoder makes of a data set's pictures, batch by batch."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from qscore_core._decoding import decode_batches
from qscore_core._row_file import Rows
from qscore_core.datasets.dataset import Dataset
from qscore_core.encoders.encoder import Encoder
from qscore_core.errors import RepresentationError

NOT_FINITE = "the encoder gave NaN or infinite values for this image"
Precision = Literal["fp32", "bf16", "fp16"]
_AUTOCAST = {"bf16": torch.bfloat16, "fp16": torch.float16}


def represented(
    encoder: Encoder, dataset: Dataset, rows: range, batch_size: int, precision: Precision, workers: int
) -> Iterator[Rows]:
    """Representations of `rows` of the data set, in their order; see `decode_batches` for unreadable images."""
    for pixels, failures in decode_batches(dataset, encoder.transform, rows, batch_size, workers):
        h = _represent(encoder, pixels, precision)
        finite = np.isfinite(h).all(axis=1)
        yield h, [f if f or ok else NOT_FINITE for f, ok in zip(failures, finite, strict=True)]


def _represent(encoder: Encoder, pixels: Tensor, precision: Precision) -> np.ndarray:
    device = next(encoder.module.parameters()).device
    with torch.inference_mode(), torch.autocast(device.type, _AUTOCAST.get(precision), enabled=precision != "fp32"):
        batch = encoder.transform.normalize(pixels.to(device, non_blocking=True))
        h = encoder(batch)
    h = h.float().cpu().numpy()
    if h.shape[1:] != (encoder.dim,):
        raise RepresentationError(
            f"Encoder `{encoder.ref}` should give {encoder.dim} features an image. Found an output of shape {h.shape}."
        )
    return h
