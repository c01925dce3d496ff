"""What a job's process does: shows that it lives, waits for its turn, works, and says how it ended."""

import os
import signal
import sys
from collections.abc import Callable

from qscore_core.jobs.folder import JobFolder, last_lines
from qscore_core.jobs.queue import turn
from qscore_core.jobs.request import Request
from qscore_core.status import State, StatusFile, read_status

Work = Callable[[JobFolder, Request], None]


def work_on(folder: JobFolder, work: Work) -> None:
    """Calls `work` when the job's turn has come. SIGTERM arrives as KeyboardInterrupt, at any moment.

    Until then nothing heavy may be imported: a waiting job should cost next to nothing.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    request = folder.request()
    assert request is not None, f"{folder.path} holds no job"  # its starter wrote it
    with folder.life():
        status = StatusFile(folder.status)
        status.write("queued")
        try:
            if folder.cancelled.exists():
                raise KeyboardInterrupt
            with turn(folder, request):
                work(folder, request)
        except KeyboardInterrupt:
            _end(status, "cancelled", "It was stopped before the work began.")
        except SystemExit:
            _end(status, "failed", (last_lines(folder.log, 1) or [""])[0])
            raise


def run_verb(folder: JobFolder, request: Request) -> None:
    """The verb of the command line, which tells its progress and its end through the status file."""
    from qscore_core.cli import app

    app([*request.words(str(folder.workspace.root)), "--status", str(folder.status)])


def help_with(folder: JobFolder) -> None:
    """One more process of a training on several devices, started by the job's own: same verb, no word of its own."""
    from qscore_core.cli import app

    request = folder.request()
    assert request is not None, f"{folder.path} holds no job"
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # the result is the first process's to write
    app(request.words(str(folder.workspace.root)))


def _end(status: StatusFile, state: State, message: str) -> None:
    """The last word where the work itself has not said it."""
    found = read_status(status.path)
    if found is None or not found.finished:
        status.write(state, message)
