"""Fitting the encoder's part of a batch into device memory."""

import gc
import logging
from collections.abc import Callable

import torch

from qscore_core.errors import TrainingError
from qscore_core.training.settings import TrainingSettings

log = logging.getLogger(__name__)


def with_halved_micro_batches(train: Callable[[int | None], None], settings: TrainingSettings) -> None:
    """Runs `train(micro_batch)`; whenever memory runs out, again from its last checkpoint with half of it.

    The loss stays that of the whole batch. Raises TrainingError when two pictures at a time are too many.
    """
    micro_batch = settings.micro_batch
    while True:
        try:
            return train(micro_batch)
        except torch.OutOfMemoryError:
            size = (micro_batch or settings.batch_size) // 2
        if size < 2:
            raise TrainingError(
                "Two pictures at a time do not fit into the device's memory. "
                "Use smaller views or a smaller network, or free the memory that other processes hold."
            )
        _free_memory()
        log.warning(
            "Out of device memory: going on from the last checkpoint with %d pictures at a time. "
            "The batch and its loss stay as they are; each step takes about a third longer.",
            size,
        )
        micro_batch = size


def _free_memory() -> None:
    # the failed step's tensors hang on its traceback until the exception is gone and cycles are collected
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
