"""How many pictures a network sees at a time: as many as memory is likely to hold, and half where it did not."""

from collections.abc import Callable

import torch
from torch import Tensor

from qscore_core.errors import QScoreError
from qscore_core.progress import Meter, OnProgress, silent

MOST = 64
CPU_BYTES = 1 << 30
GPU_SHARE = 0.5  # of what is free
CPU_MESSAGE = "can't allocate memory"  # of torch's allocator, whose error has no class of its own


def rows_that_fit(bytes_each: int, device: torch.device) -> int:
    """Pictures per pass, from 1 to 64, of which each keeps so many bytes."""
    room = GPU_SHARE * _free_bytes(device) if device.type == "cuda" else CPU_BYTES
    return max(1, min(MOST, int(room / max(bytes_each, 1))))


def _free_bytes(device: torch.device) -> int:
    """What the driver has left, and what torch keeps of it for its next tensors."""
    kept = torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return torch.cuda.mem_get_info(device)[0] + kept


def in_batches(
    work: Callable[[slice, int], Tensor], images: int, rows: int, passes: int, on_progress: OnProgress = silent
) -> Tensor:
    """`work(images, rows)` of consecutive slices of the images, joined.

    A method that looks at each image in `passes` variants gets rows / passes images at a time, at least one, and shall
    give the network at most `rows` pictures at once. Out of memory halves `rows` and tries the same images again.
    Raises QScoreError where memory does not hold a single picture.
    """
    meter, parts, first = Meter("heat maps", images, on_progress), [], 0
    while first < images:
        batch = slice(first, min(images, first + max(1, rows // passes)))
        part = _unless_out_of_memory(work, batch, rows)
        if part is None and rows == 1:
            raise QScoreError(
                "Memory does not hold one picture with what its gradient needs. Close other programs, or use "
                "`--device cpu` or a method that needs no gradient (`closed_form`, `occlusion`)."
            )
        if part is None:
            rows = max(1, rows // 2)
        else:
            parts.append(part)
            first = batch.stop
            meter.update(first)
    return torch.cat(parts)


def _unless_out_of_memory(work: Callable[[slice, int], Tensor], batch: slice, rows: int) -> Tensor | None:
    # A function of its own: once it is left, nothing holds the tensors that the failed pass had made.
    try:
        return work(batch, rows)
    except RuntimeError as error:
        if not isinstance(error, torch.OutOfMemoryError) and CPU_MESSAGE not in str(error):
            raise
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return None
