"""The loop: it learns, its order is a permutation, its schedule and parameter groups are as stated."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from training_set import TINY_OBJECTIVES, stripes, tiny_settings

from qscore_core.devices import Hardware
from qscore_core.objectives import view_draws
from qscore_core.processes import make_fabric
from qscore_core.progress import silent
from qscore_core.training import Pretraining
from qscore_core.training.frames import open_frames
from qscore_core.training.loop import batch_plan, make_views, training_steps
from qscore_core.training.run import build_state
from qscore_core.training.step import spread


def fresh(settings):
    fabric = make_fabric(Hardware(torch.device("cpu")), settings.precision)
    return build_state(Pretraining(settings), 4, fabric), fabric


def trained(workspace, **changes):
    settings = tiny_settings(**changes)
    frames = open_frames(stripes(), 16, workspace=workspace, workers=0, on_progress=silent)
    state, fabric = fresh(settings)
    return state, list(training_steps(state, frames, settings, fabric))


@pytest.mark.parametrize(("optimizer", "learning_rate"), [("adamw", 1e-2), ("lars", 3.0)])
def test_a_few_epochs_lower_the_loss(workspace, optimizer, learning_rate):
    _, reports = trained(workspace, epochs=15, optimizer=optimizer, learning_rate=learning_rate)
    losses = [report.values.terms["nt_xent"] for report in reports]
    assert np.mean(losses[-4:]) < np.mean(losses[:4]) - 0.3
    assert reports[-1].values.watched["spread"] > 0.1  # not collapsed


def test_mixed_precision_keeps_the_weights_in_float32(workspace):
    state, reports = trained(workspace, epochs=1, precision="bf16-mixed")
    assert {value.dtype for value in state.learner.parameters()} == {torch.float32}
    assert all(math.isfinite(report.values.terms["nt_xent"]) for report in reports)


def test_every_epoch_visits_every_picture_once_in_an_order_of_its_own():
    settings = tiny_settings(batch_size=16)
    steps = list(batch_plan(64, settings, 0, 8))
    first, second = np.concatenate(steps[:4]), np.concatenate(steps[4:])
    assert sorted(first) == sorted(second) == list(range(64))
    assert not np.array_equal(first, second)


def test_the_order_from_any_step_on_is_the_rest_of_the_whole_order():
    settings = tiny_settings(batch_size=10)  # 64 pictures: 6 full batches an epoch, 4 pictures wait
    whole = list(batch_plan(64, settings, 0, 14))
    for start in range(14):
        assert list(batch_plan(64, settings, start, 14)) == whole[start:]


def test_views_are_normalised_and_channels_last():
    frames = torch.full((2, 16, 16, 3), 255, dtype=torch.uint8)
    settings = tiny_settings()
    transform = settings.network.transform
    first, _ = make_views(frames, (settings.objective.view,) * 2, transform, view_draws(0, 0, 2))
    assert first.is_contiguous(memory_format=torch.channels_last)
    # white stays white under crops, and the brightest red is (1 - 0.485) / 0.229 = 2.2489
    assert first[:, 0].max().item() <= (1 - 0.485) / 0.229 + 1e-4


def test_spread_by_hand():
    # rows (1,0) and (0,1): each column has the values 0 and 1, standard deviation 1/2; times sqrt(2) = 0.7071
    assert spread(torch.tensor([[2.0, 0.0], [0.0, 5.0]])) == pytest.approx(0.7071, abs=1e-4)
    assert spread(torch.ones(4, 3)) == pytest.approx(0, abs=1e-6)


def test_the_learning_rate_rises_then_falls_along_a_cosine():
    settings = tiny_settings(epochs=10, warmup_epochs=2.0, learning_rate=1.0)
    state = fresh(settings)[0]
    rates = []
    for _ in range(40):
        rates.append(state.schedule.get_last_lr()[0])
        state.optimizer.step()
        state.schedule.step()
    assert rates[:8] == pytest.approx([k / 8 for k in range(1, 9)])
    assert all(later <= earlier for earlier, later in pairwise(rates[7:]))
    assert rates[24] == pytest.approx(0.5, abs=0.03)  # half way between the top (step 8) and the end (step 40)
    assert rates[-1] == pytest.approx(0, abs=1e-3)


def test_only_weights_decay():
    settings = tiny_settings(weight_decay=0.3)
    state = fresh(settings)[0]
    decayed, plain = state.optimizer.param_groups
    assert decayed["weight_decay"] == 0.3
    assert plain["weight_decay"] == 0.0
    assert all(value.ndim > 1 for value in decayed["params"])
    assert all(value.ndim == 1 for value in plain["params"])
    count = len(decayed["params"]) + len(plain["params"])
    assert count == len(list(state.learner.parameters()))


def test_a_predictor_may_learn_faster_than_the_rest():
    objective = replace(TINY_OBJECTIVES["byol"], predictor_rate=10.0)
    state, _ = fresh(tiny_settings(objective=objective, learning_rate=1e-3, warmup_epochs=0, weight_decay=0.3))
    predictor = {id(value) for value in state.learner.objective.predictor.parameters()}
    for group in state.optimizer.param_groups:
        inside = {id(value) in predictor for value in group["params"]}
        assert group["initial_lr"] == pytest.approx(1e-2 if inside == {True} else 1e-3)
        assert inside in ({True}, {False})
    trained = [value for value in state.learner.parameters() if value.requires_grad]
    assert sum(len(group["params"]) for group in state.optimizer.param_groups) == len(trained)


def test_random_weights_follow_from_the_seed_alone():
    torch.manual_seed(1)
    first = fresh(tiny_settings(seed=5))[0].learner.state_dict()
    torch.manual_seed(2)
    second = fresh(tiny_settings(seed=5))[0].learner.state_dict()
    other = fresh(tiny_settings(seed=6))[0].learner.state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["encoder.conv1.weight"], other["encoder.conv1.weight"])
