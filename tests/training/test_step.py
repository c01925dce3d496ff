"""A step against the plain one: a single backward pass of the whole loss through encoder and heads."""

import copy
from dataclasses import replace

import pytest
import torch
from torch.nn.functional import normalize
from training_set import TINY_OBJECTIVES, stripes, tiny_settings

from qscore_core.devices import Hardware
from qscore_core.objectives import view_draws
from qscore_core.processes import make_fabric
from qscore_core.progress import silent
from qscore_core.regulariser import QScoreRegulariser, Weights
from qscore_core.training import Pretraining
from qscore_core.training.frames import open_frames
from qscore_core.training.learner import Learner
from qscore_core.training.loop import make_views
from qscore_core.training.step import Stepper, split_rows, statistics_frozen

ALL_TERMS = Weights(q_score=5.0, columns=1e-2, lasso=1e-3)


def learner_for(settings, weights=None):
    made = Pretraining(settings).build()
    dim = settings.network.shape.dim
    if weights is None:
        return made
    regulariser = QScoreRegulariser(weights, dim, epsilon=1.0)
    regulariser.set_discriminative(torch.arange(dim) % 2 == 0)
    return Learner(made.encoder, made.objective, regulariser)


def views_for(settings, workspace, count=16):
    frames = open_frames(stripes(), 16, workspace=workspace, workers=0, on_progress=silent)
    (batch,) = frames.batches([list(range(count))])
    return make_views(
        batch, Pretraining(settings).build().objective.views, settings.network.transform, view_draws(0, 0, count)
    )


def plain_gradients(learner, views):
    """The whole loss in one graph."""
    representations = [learner.encoder(view) for view in views]
    terms = learner.objective.terms(representations, learner.objective.targets(views))
    loss = sum(terms.values())
    if learner.regulariser is not None:
        extra, _ = learner.regulariser.terms(normalize(torch.cat(representations[:2]), dim=1))
        wanted = learner.regulariser.weights.of_terms()
        loss = loss + sum(wanted[name] * term for name, term in extra.items())
    loss.backward()
    return {name: value.grad for name, value in learner.named_parameters() if value.grad is not None}


class NoUpdate(torch.optim.SGD):
    """Leaves weights as they are, so that a test can look at the gradients a step used."""

    def __init__(self, module):
        super().__init__(module.parameters(), lr=0.0)


def stepped(learner, views, micro_batch=None):
    fabric = make_fabric(Hardware(torch.device("cpu")), "32-true")
    return Stepper(learner, NoUpdate(learner), fabric, micro_batch).run(views, step=1, epoch=9)


@pytest.mark.parametrize("method", TINY_OBJECTIVES)
def test_gradients_are_those_of_a_single_backward_pass(method, workspace):
    settings = tiny_settings(objective=TINY_OBJECTIVES[method])
    ours, plain = (learner_for(settings, ALL_TERMS) for _ in range(2))
    views = views_for(settings, workspace)
    expected = plain_gradients(plain, views)
    stepped(ours, views)
    found = {name: value.grad for name, value in ours.named_parameters() if value.grad is not None}
    assert found.keys() == expected.keys()
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, rtol=1e-3, atol=1e-5, msg=name)


def test_what_a_step_saw(workspace):
    settings = tiny_settings()
    values = stepped(learner_for(settings, ALL_TERMS), views_for(settings, workspace))
    assert list(values.terms) == ["nt_xent", "q_score", "columns", "lasso"]
    assert list(values.gradients) == ["ssl", "q_score", "columns", "lasso"]
    assert list(values.watched) == ["spread", "mean_q", "empty"]
    assert values.terms["q_score"] < 0 < values.terms["columns"]
    # lasso: each unit row contributes weight * sign / norm, less its part along the row; never above weight * sqrt(r)
    rows, features = 32, settings.network.shape.dim
    assert values.gradients["lasso"] > 0
    assert values.terms["lasso"] <= ALL_TERMS.lasso * rows * features**0.5


def without_batch_norm(module):
    """Then parts of a batch are independent of one another."""
    for name, child in module.named_children():
        if isinstance(child, torch.nn.BatchNorm2d):
            setattr(module, name, torch.nn.Identity())
        else:
            without_batch_norm(child)


@pytest.mark.parametrize("micro_batch", [2, 4, 8])
def test_parts_of_a_batch_give_the_gradient_of_the_whole(micro_batch, workspace):
    settings = tiny_settings()
    whole, parts = (learner_for(settings, ALL_TERMS) for _ in range(2))
    for learner in (whole, parts):
        without_batch_norm(learner.encoder)
    views = views_for(settings, workspace)
    expected, found = stepped(whole, views), stepped(parts, views, micro_batch)
    assert found.terms == pytest.approx(expected.terms, rel=1e-4)
    for (name, one), two in zip(whole.named_parameters(), parts.parameters(), strict=True):
        torch.testing.assert_close(two.grad, one.grad, rtol=1e-3, atol=1e-6, msg=name)


def test_the_second_look_at_a_part_does_not_count_in_batch_statistics(workspace):
    settings = tiny_settings()
    views = views_for(settings, workspace)
    parts = learner_for(settings)
    expected = copy.deepcopy(parts.encoder)
    for view in views:
        for half in view.split(8):
            expected(half)
    # one forward pass a part: parts alternate over views in both orders, so the statistics agree up to that order
    stepped(parts, views, micro_batch=8)
    for one, two in zip(expected.buffers(), parts.encoder.buffers(), strict=True):
        if one.ndim:
            torch.testing.assert_close(two, one, rtol=0.2, atol=0.05)


def test_frozen_statistics_stay_and_move_again_afterwards():
    norm = torch.nn.BatchNorm1d(3)
    with statistics_frozen(norm):
        norm(torch.randn(8, 3) + 5)
        assert norm.running_mean.tolist() == [0, 0, 0]
    norm(torch.randn(8, 3) + 5)
    assert (norm.running_mean > 0.3).all()


def test_split_rows():
    first, second = torch.arange(5), torch.arange(5) * 10
    assert [[t.tolist() for t in part] for part in split_rows([first, second], 2)] == [
        [[0, 1, 2], [0, 10, 20]],
        [[3, 4], [30, 40]],
    ]
    assert [len(part[0]) for part in split_rows([torch.arange(16)], 3)] == [3, 3, 3, 3, 2, 2]
    assert len(split_rows([first], None)) == 1
    assert len(split_rows([first], 99)) == 1


def test_arms_of_weight_zero_change_nothing(workspace):
    """lambda = 0 gives the control's update to the last bit: the arms differ in the weights and in nothing else."""
    settings = replace(tiny_settings(), learning_rate=0.1)
    views = views_for(settings, workspace)
    control, zero = learner_for(settings), learner_for(settings, Weights())
    assert control.regulariser is None
    fabric = make_fabric(Hardware(torch.device("cpu")), "32-true")
    for learner in (control, zero):
        optimizer = torch.optim.AdamW(learner.parameters(), lr=0.1)
        Stepper(learner, optimizer, fabric, None).run(views, 1, 9)
    for one, two in zip(control.parameters(), zero.parameters(), strict=True):
        assert torch.equal(one, two)
