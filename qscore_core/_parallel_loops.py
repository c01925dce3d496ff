"""numba's parallel loops beside torch and beside other Python threads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numba
import torch

# Where the system has no OpenMP library, numba's own threads end the whole process when two Python threads, such as two
# sessions of the app, run parallel loops at once.
_lock = threading.Lock()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Parallel loops with as many threads as torch uses, which numba would otherwise change for the whole process.

    OpenMP keeps one number for both. A process told to use one thread (OMP_NUM_THREADS) would go on with all of them,
    and threads that wait for each other on a busy machine made a training step ten times as long.
    """
    with _lock:
        threads = torch.get_num_threads()
        numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
        try:
            yield
        finally:
            torch.set_num_threads(threads)
