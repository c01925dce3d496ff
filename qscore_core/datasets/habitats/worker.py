"""`python -m qscore_core.datasets.habitats.worker JOB`: draws batches into a folder, for `draw_split`."""

import json
import sys
from pathlib import Path

from .split_drawing import draw_batch, save


def main(job: dict) -> None:
    for start, stop in job["batches"]:
        save(Path(job["folder"]), start, draw_batch(job["split"], range(start, stop), job["seed"]))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
