"""Started by torch's launcher in every process: one step of each method, results into a file; and two whole runs."""

import sys
from pathlib import Path

import torch
from test_step import ALL_TERMS, NoUpdate, learner_for
from training_set import TINY_OBJECTIVES, pretrain, stripes, tiny_settings

from qscore_core.devices import Hardware
from qscore_core.objectives import view_draws
from qscore_core.processes import make_fabric, own_rows
from qscore_core.progress import silent
from qscore_core.training.batch_norm import share_batch_statistics
from qscore_core.training.frames import open_frames
from qscore_core.training.loop import make_views
from qscore_core.training.step import Stepper
from qscore_core.workspace import Workspace

BATCH = 16


def gradients_of(method, workspace, fabric):
    """Terms, gradients and state after one step on the same 16 pictures, however many processes share them."""
    settings = tiny_settings(objective=TINY_OBJECTIVES[method])
    learner = learner_for(settings, ALL_TERMS)
    share_batch_statistics(learner.encoder, learner.objective, fabric)
    rows = own_rows(fabric, BATCH)
    frames = open_frames(stripes(), 16, workspace=workspace, workers=0, on_progress=silent)
    (batch,) = frames.batches([list(range(BATCH))[rows]])
    draws = view_draws(0, 0, BATCH, rows)
    views = make_views(batch, learner.objective.views, settings.network.transform, draws)
    values = Stepper(learner, NoUpdate(learner), fabric, None).run(views, step=1, epoch=9)
    gradients = {name: value.grad.clone() for name, value in learner.named_parameters() if value.grad is not None}
    return {"terms": values.terms, "gradients": gradients, "state": learner.state_dict()}


def main(folder, devices):
    torch.set_num_threads(1)
    workspace = Workspace.at(Path(folder) / "workspace")
    fabric = make_fabric(Hardware(torch.device("cpu"), devices=devices), "32-true")
    found = {method: gradients_of(method, workspace, fabric) for method in TINY_OBJECTIVES}
    torch.save(found, Path(folder) / f"{fabric.world_size}-{fabric.global_rank}.pt")
    for micro_batch in (None, 4):
        settings, run = tiny_settings(epochs=1, micro_batch=micro_batch), f"{devices}-by-{micro_batch}"
        hardware = Hardware(torch.device("cpu"), devices=devices)
        pretrain(settings, workspace=workspace, dataset=stripes(), hardware=hardware, run_id=run)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
