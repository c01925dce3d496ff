"""One job at a time works on a device; the others wait in order of submission."""

import itertools
import math
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from qscore_core.jobs.folder import JobFolder, job_folders
from qscore_core.jobs.request import Request
from qscore_core.jobs.standing import standing_of
from qscore_core.workspace import writing

LOOK_EVERY_SECONDS = 0.25

Queued = tuple[JobFolder, Request]


def ahead_of(folder: JobFolder, request: Request) -> list[Queued]:
    """The live jobs of the same device that come before this one, the one at work first."""
    jobs = job_folders(folder.workspace)
    earlier = itertools.takewhile(lambda job: job[0] != folder, jobs)
    return [job for job in earlier if set(job[1].occupies) & set(request.occupies) and standing_of(*job).live]


@contextmanager
def turn(folder: JobFolder, request: Request) -> Iterator[None]:
    """Waits until no earlier job of the device lives, then holds the device.

    The order comes from the jobs, the certainty that no two work at once from a lock that the system frees with its
    process: neither a killed job nor one that was submitted with a wrong clock can upset it.
    """
    ahead = ahead_of(folder, request)
    while ahead := [job for job in ahead if standing_of(*job).live]:
        time.sleep(LOOK_EVERY_SECONDS)
    with ExitStack() as held:
        for name in request.occupies:
            device = folder.workspace.root / "devices" / name.replace(":", "-")
            with writing(device):
                device.mkdir(parents=True, exist_ok=True)
            held.enter_context(folder.workspace.lock(device, wait_seconds=math.inf))
        yield
