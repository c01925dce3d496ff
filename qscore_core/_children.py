"""A process and those that it started for the same work live and die together."""

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType

from qscore_core.errors import STOPPED, ProcessDiedError

LOOK_EVERY_SECONDS = 0.2
GRACE_SECONDS = 10.0
PARENT = "QSCORE_PARENT"  # which process started this one, as seen by a child
_ENDED_ON_PURPOSE = (0, STOPPED, -signal.SIGINT)


def start_children(start: Callable[[], Sequence[subprocess.Popen]]) -> None:
    """Starts children that end with this process; the death of one raises ProcessDiedError in the main thread.

    Has to be called in the main thread.
    """
    told: list[str] = []

    def tell(_number: int, _frame: FrameType | None) -> None:
        if told:
            raise ProcessDiedError(told.pop())

    signal.signal(signal.SIGUSR1, tell)
    os.environ[PARENT] = str(os.getpid())
    try:
        children = start()
    finally:
        del os.environ[PARENT]
    threading.Thread(target=_watch, args=(children, told), daemon=True).start()


def end_with_parent() -> None:
    """In a child of `start_children`: its end, as by SIGKILL, when its parent is gone. Elsewhere nothing."""
    parent = os.environ.pop(PARENT, None)
    if parent is not None:
        threading.Thread(target=_end_after, args=(int(parent),), daemon=True).start()


def _watch(children: Sequence[subprocess.Popen], told: list[str]) -> None:
    while not (failed := _failed(children)):
        if all(child.returncode is not None for child in children):
            return
        time.sleep(LOOK_EVERY_SECONDS)
    message = f"{failed} What was computed is kept: run the same command again to go on."
    told.append(message)
    for child in children:
        child.terminate()
    signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
    time.sleep(GRACE_SECONDS)
    if told:  # the main thread is caught in a call that waits for the dead
        logging.getLogger(__name__).error(message)
        os._exit(1)


def _failed(children: Sequence[subprocess.Popen]) -> str:
    """A sentence on the child that failed, of several the one that was killed; empty where none did."""
    codes = [(child.poll(), rank) for rank, child in enumerate(children, start=1)]
    failed = [(code, rank) for code, rank in codes if code is not None and code not in _ENDED_ON_PURPOSE]
    if not failed:
        return ""
    code, rank = min(failed)
    who = f"Process {rank + 1} of {len(children) + 1}"
    if code > 0:
        return f"{who} failed (exit status {code}); its own message says why."
    hint = ", often for want of memory" if code == -signal.SIGKILL else ""
    return f"{who} was killed (signal {-code}{hint})."


def _end_after(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_SECONDS)
    os._exit(STOPPED)
