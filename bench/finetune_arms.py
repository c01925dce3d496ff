"""`python -m bench.finetune_arms --workspace W` runs the arms behind docs/results.md and records each as it ends.

Every built-in encoder, every seed, the four arms, and for two of the methods the ablations: what is recorded already is
left out, so that the command can be stopped and started again. `--share 1/2` and `--share 2/2` split the work.
"""

import argparse
import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.finetune_tables import ABLATIONS
from bench.record_finetune import keep_run, record_run
from bench.records import FOLDER, read_runs
from qscore_core.encoder_report import ReportSettings
from qscore_core.encoders.habitats_scheme import built_in_names
from qscore_core.progress import silent
from qscore_core.verbs._common import Session
from qscore_core.verbs.finetuning import FinetuneRequest, finetune
from qscore_core.workspace import Workspace

DATASET = "habitats"
RECIPE = "quick"
SEEDS = (0, 1, 2)
ARMS = ("control", "q-score", "lasso", "tuned")
ABLATED = ("simclr", "vicreg")
BRIEF = ReportSettings(epsilons=())  # only the epsilon of the run itself


def planned(methods: list[str]) -> Iterator[tuple[int, str, str]]:
    """(seed, method, arm), whole seeds first: what is there so far is always comparable."""
    for seed, method in itertools.product(SEEDS, methods):
        for arm in ARMS + (ABLATIONS if method in ABLATED else ()):
            yield seed, method, arm


def run_arm(seed: int, method: str, arm: str, workspace: Workspace) -> None:
    """One arm from start to record."""
    request = FinetuneRequest(f"habitats:{method}", DATASET, "train", arm, RECIPE, {}, {})
    done = finetune(request, Session(workspace.root, "auto", seed, silent))
    keep_run(record_run(done["run"], RECIPE, workspace, how=BRIEF), FOLDER, workspace)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--methods", nargs="+", default=built_in_names())
    parser.add_argument("--arms", nargs="+", default=[*ARMS, *ABLATIONS])
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--share", default="1/1", help="NUMBER/OF: the part of the work to do")
    arguments = parser.parse_args()
    workspace = Workspace.at(arguments.workspace)
    number, of = map(int, arguments.share.split("/"))
    wanted = [entry for entry in planned(arguments.methods) if entry[2] in arguments.arms]
    known = {(record.seed, record.method, record.arm) for record in read_runs(FOLDER) if record.recipe == RECIPE}
    own = wanted[number - 1 :: of]  # of the plan and not of what is left, so that shares may start at any time
    for seed, method, arm in (entry for entry in own if entry not in known):
        print(f"seed {seed}, {method}, {arm}", file=sys.stderr, flush=True)
        run_arm(seed, method, arm, workspace)


if __name__ == "__main__":
    main()
