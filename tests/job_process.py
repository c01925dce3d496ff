"""A job's process whose work a test commands through files; it starts in a fraction of a second."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

from qscore_core.jobs import find_job
from qscore_core.jobs.folder import JobFolder
from qscore_core.jobs.request import make_request
from qscore_core.jobs.starting import submit
from qscore_core.jobs.worker import work_on
from qscore_core.progress import Progress
from qscore_core.status import StatusFile

ROOT = Path(__file__).resolve().parents[1]


class LightJob:
    """A job that works until it is told to finish, or for ever."""

    def __init__(self, workspace, title="light", *, device="cpu", work="patient", launch=True):
        # The verb is never run, and the device need not be there.
        request = make_request("extract", ["--device", "cpu", "--workers", "0"], title)
        self.folder = submit(replace(request, device=device), workspace)
        self.id, self.work, self.process = self.folder.id, work, None
        if launch:
            self.launch()

    def launch(self):
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, __file__, str(self.folder.path), self.work]
        with self.folder.log.open("wb") as log:
            self.process = subprocess.Popen(command, stderr=log, start_new_session=True, env=environment)

    def finish(self):
        (self.folder.path / "finish").touch()

    def kill(self):
        self.process.kill()
        self.process.wait()


def until(workspace, job, condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition(now := find_job(job.id, workspace)):
        assert time.monotonic() < end, f"{now} after {seconds} s\n{now.log_lines(20)}"
        time.sleep(0.02)
    return now


def in_state(*states):
    return lambda job: job.state in states


def ended(job):
    return not job.live


def patient(folder, _request):
    """Works until the test says that it is enough."""
    status = StatusFile(folder.status)
    status.write("running")
    status.progress(Progress("sorting", 3, 12, 1.0, 9.0))
    status.write("running")
    try:
        while not (folder.path / "finish").exists():
            time.sleep(0.01)
    except KeyboardInterrupt:
        status.write("cancelled", "Stopped as asked.")
        return
    status.write("done")


def stubborn(folder, _request):
    """Does not listen, and has a process of its own that does not either."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    status = StatusFile(folder.status)
    status.write("running")
    helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(120)"])
    (folder.path / "helper").write_text(str(helper.pid))
    time.sleep(120)


if __name__ == "__main__":
    work_on(JobFolder(Path(sys.argv[1])), {"patient": patient, "stubborn": stubborn}[sys.argv[2]])
