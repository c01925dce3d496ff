"""What a process does that trains the tiny network and may be killed."""

import multiprocessing
import os
import sys

import torch
from training_set import TINY_OBJECTIVES, finetune, parent, pretrain, stripes, tiny_settings

from qscore_core.errors import QScoreError
from qscore_core.regulariser import Weights
from qscore_core.training import frames
from qscore_core.workspace import Workspace


def train(root, epochs):
    torch.set_num_threads(1)
    try:
        pretrain(tiny_settings(epochs=epochs), workspace=Workspace.at(root), dataset=stripes())
    except QScoreError:
        sys.exit(1)


def train_method(root, epochs, method):
    torch.set_num_threads(1)
    settings = tiny_settings(epochs=epochs, objective=TINY_OBJECTIVES[method])
    pretrain(settings, workspace=Workspace.at(root), dataset=stripes(), run_id="run")


def finetune_method(root, epochs, method):
    """New heads, relative weights and a D that is found again: all that fine-tuning adds to the state."""
    torch.set_num_threads(1)
    workspace = Workspace.at(root)
    finetune(
        parent(workspace),
        workspace,
        run_id="run",
        method=method,
        weights=Weights(q_score=0.1, columns=0.1, scale="gradient"),
        plan={"refresh_epochs": 2},
        epochs=epochs,
    )


def train_streamed(root, epochs):
    """The same in a process group of its own, with pictures decoded by processes of that group."""
    os.setpgrp()
    multiprocessing.set_start_method("fork", force=True)  # what a process started from a shell has
    frames.MEMORY_LIMIT = 0
    train(root, epochs)
