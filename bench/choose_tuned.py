"""`python -m bench.choose_tuned --workspace W` compares candidates for the arm `tuned`, without the test split.

Each candidate is a fine-tuning by the recipe `quick` on Habitats' train split (no labels). A probe is fitted on a part
of that split and judged on the rest; what counts is its accuracy there against the control of the same method.
The table goes to docs/records/tuned.json, and the weights chosen from it are in `qscore_core/training/arms.py`.
"""

import argparse
import itertools
import sys
from dataclasses import asdict
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from bench.records import FOLDER, Candidate, write_candidates
from qscore_core.pipeline import Subject, representations_of, require_labels
from qscore_core.probe import fit_probe
from qscore_core.probe.splitting import hold_out
from qscore_core.progress import silent
from qscore_core.regulariser import Weights
from qscore_core.verbs._common import Session
from qscore_core.verbs.finetuning import FinetuneRequest, finetune
from qscore_core.workspace import Workspace

DATASET = "habitats"
METHODS = ("simclr", "vicreg")
SEED = 0
HELD_OUT = 0.25
CONTROL = Weights()
CANDIDATES = (
    Weights(q_score=0.1, scale="gradient"),
    Weights(q_score=0.3, scale="gradient"),
    Weights(q_score=1.0, scale="gradient"),
    Weights(q_score=0.1, columns=0.1, scale="gradient"),
    Weights(q_score=0.3, columns=0.1, scale="gradient"),
    Weights(columns=0.1, scale="gradient"),
)


def validation_accuracy(encoder: str, workspace: Workspace) -> float:
    """Of a probe fitted on three quarters of the train split, on the last quarter."""
    rows = representations_of(Subject(encoder, DATASET), "train", workspace).representations
    labels, h = require_labels(rows), np.asarray(rows.matrix)
    parts = hold_out(labels, HELD_OUT, seed=0)
    probe = fit_probe(h[parts.fit], labels[parts.fit], len(rows.classes))
    return float((probe.predict(h[parts.validation]) == labels[parts.validation]).mean())


def tried(method: str, weights: Weights, workspace: Workspace) -> float:
    """Validation accuracy after one fine-tuning; finished ones are found again in the workspace."""
    changes: dict[str, Any] = asdict(weights)
    arm = "control" if weights == CONTROL else "tuned"
    request = FinetuneRequest(f"habitats:{method}", DATASET, "train", arm, "quick", {}, changes)
    done = finetune(request, Session(workspace.root, "auto", SEED, silent))
    return validation_accuracy(done["encoder"], workspace)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workspace", type=Path)
    workspace = Workspace.at(parser.parse_args().workspace)
    found: dict[Weights, dict[str, float]] = {weights: {} for weights in (CONTROL, *CANDIDATES)}
    for method, weights in itertools.product(METHODS, found):
        found[weights][method] = tried(method, weights, workspace)
        print(method, weights, found[weights], file=sys.stderr, flush=True)
    leads = {weights: mean(top1[name] - found[CONTROL][name] for name in METHODS) for weights, top1 in found.items()}
    write_candidates([Candidate(weights, top1, leads[weights]) for weights, top1 in found.items()], FOLDER)


if __name__ == "__main__":
    main()
