"""`python -m qscore_core.jobs FOLDER`: the process of one job, started by `start_job`."""

import os
import sys
from pathlib import Path

from qscore_core.jobs.folder import JobFolder
from qscore_core.jobs.worker import help_with, run_verb, work_on

if __name__ == "__main__":
    job = JobFolder(Path(sys.argv[1]))
    # Fabric runs this very command again for each further device, and numbers the processes.
    if int(os.environ.get("LOCAL_RANK", "0")):
        help_with(job)
    else:
        work_on(job, run_verb)
