"""`python -m bench.finetune_arms --workspace W` runs the arms behind docs/results.md and records each as it ends.

Every built-in encoder, every seed, the four arms, and for two of the methods the ablations: what is recorded already is
left out, so that the command can be stopped and started again. `--share 1/2` and `--share 2/2` split the work. Other
encoders and pictures: `--encoders run:ID --dataset folder:PATH --pictures "what they show"`.
"""

import argparse
import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.finetune_tables import ABLATIONS
from bench.record_finetune import keep_run, record_run
from bench.records import FOLDER, HABITATS, read_runs
from qscore_core.encoder_report import ReportSettings
from qscore_core.encoders.habitats_scheme import built_in_names
from qscore_core.progress import silent
from qscore_core.verbs._common import Session
from qscore_core.verbs.finetuning import FinetuneRequest, finetune
from qscore_core.workspace import Workspace

RECIPE = "quick"
SEEDS = (0, 1, 2)
ARMS = ("control", "q-score", "lasso", "tuned")
BUILT_IN = "habitats"
ABLATED = (f"{BUILT_IN}:simclr", f"{BUILT_IN}:vicreg")
BRIEF = ReportSettings(epsilons=())  # only the epsilon of the run itself


@dataclass(frozen=True)
class On:
    """What the arms are trained and judged on; `pictures` is its name in the records."""

    dataset: str
    pictures: str


def planned(encoders: list[str]) -> Iterator[tuple[int, str, str]]:
    """(seed, encoder, arm), whole seeds first: what is there so far is always comparable."""
    for seed, encoder in itertools.product(SEEDS, encoders):
        for arm in ARMS + (ABLATIONS if encoder in ABLATED else ()):
            yield seed, encoder, arm


def recorded(on: On) -> set[tuple[int, str, str]]:
    found = (record for record in read_runs(FOLDER) if (record.recipe, record.pictures) == (RECIPE, on.pictures))
    return {(record.seed, record.settings["parent"], record.arm) for record in found}


def run_arm(seed: int, encoder: str, arm: str, on: On, workspace: Workspace) -> None:
    """One arm from start to record."""
    request = FinetuneRequest(encoder, on.dataset, "train", arm, RECIPE, {}, {})
    done = finetune(request, Session(workspace.root, "auto", seed, silent))
    keep_run(record_run(done["run"], RECIPE, workspace, how=BRIEF, pictures=on.pictures), FOLDER, workspace)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--encoders", nargs="+", default=[f"{BUILT_IN}:{name}" for name in built_in_names()])
    parser.add_argument("--dataset", default=BUILT_IN)
    parser.add_argument("--pictures", default=HABITATS)
    parser.add_argument("--arms", nargs="+", default=[*ARMS, *ABLATIONS])
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--share", default="1/1", help="NUMBER/OF: the part of the work to do")
    arguments = parser.parse_args()
    workspace = Workspace.at(arguments.workspace)
    number, of = map(int, arguments.share.split("/"))
    on = On(arguments.dataset, arguments.pictures)
    wanted = [entry for entry in planned(arguments.encoders) if entry[2] in arguments.arms]
    known = recorded(on)
    own = wanted[number - 1 :: of]  # of the plan and not of what is left, so that shares may start at any time
    for seed, encoder, arm in (entry for entry in own if entry not in known):
        print(f"seed {seed}, {encoder}, {arm}", file=sys.stderr, flush=True)
        run_arm(seed, encoder, arm, on, workspace)


if __name__ == "__main__":
    main()
