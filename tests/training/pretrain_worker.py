"""What a process does that trains the tiny network and may be killed."""

import multiprocessing
import os
import sys

import torch
from training_set import stripes, tiny_settings

from qscore_core.errors import QScoreError
from qscore_core.training import frames, pretrain
from qscore_core.workspace import Workspace


def train(root, epochs):
    torch.set_num_threads(1)
    try:
        pretrain(tiny_settings(epochs=epochs), workspace=Workspace.at(root), dataset=stripes())
    except QScoreError:
        sys.exit(1)


def train_streamed(root, epochs):
    """The same in a process group of its own, with pictures decoded by processes of that group."""
    os.setpgrp()
    multiprocessing.set_start_method("fork", force=True)  # what a process started from a shell has
    frames.MEMORY_LIMIT = 0
    train(root, epochs)
