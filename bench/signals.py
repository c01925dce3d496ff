"""All label-free signals of one encoder on 50,000 x 512, in a process of its own: time and peak memory."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from bench.measure import Row
from qscore_core.imported import ImportRequest, import_features
from qscore_core.pipeline import analyse
from qscore_core.qscore import ScoreSettings
from qscore_core.representations import index_of
from qscore_core.signals import Evidence, signal_values
from qscore_core.workspace import Workspace

IMAGES, DIM, CLUSTERS = 50_000, 512, 100
MOST_SECONDS, MOST_GB = 180.0, 4.0


def rows() -> list[Row]:
    done = subprocess.run([sys.executable, "-m", "bench.signals"], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    what = f"all {told['signals']} label-free signals of one encoder, {IMAGES:,} x {DIM:,}"
    gigabytes = told["bytes"] / 1e9
    seconds = told["seconds"]
    how = "fitted on the same images, nothing kept before"
    fast, small = seconds <= MOST_SECONDS, gigabytes < MOST_GB
    return [
        Row(what, f"{seconds:.0f} s", f"<= {MOST_SECONDS:.0f} s", fast, how),
        Row(f"peak memory of {what}", f"{gigabytes:.1f} GB", f"< {MOST_GB:.0f} GB", small, "resident"),
    ]


def made_up() -> np.ndarray:
    """Non-negative, sparse rows around a hundred centres."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((CLUSTERS, DIM), dtype=np.float32)
    noise = rng.standard_normal((IMAGES, DIM), dtype=np.float32)
    return np.maximum(centres[rng.integers(0, CLUSTERS, IMAGES)] + noise, 0)


def main() -> None:
    with tempfile.TemporaryDirectory() as root:
        array, workspace = Path(root) / "h.npy", Workspace.at(root)
        np.save(array, made_up())
        found = import_features(ImportRequest(array, "bench", "all"), workspace)
        index_of(found, workspace)
        began = time.perf_counter()
        values = signal_values(Evidence(analyse(found, found, ScoreSettings(), workspace), workspace))
        seconds = time.perf_counter() - began
    peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"signals": len(values), "seconds": seconds, "bytes": peak}))


if __name__ == "__main__":
    main()
