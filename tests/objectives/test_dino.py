"""DINO's loss and centre against arithmetic by hand and plain loops; its teacher and its frozen layer."""

import math

import numpy as np
import pytest
import torch
from objective_inputs import (
    SMALL_VIEW,
    VIEW,
    assert_momentum_copies_follow,
    built,
    derivative_matches,
    leaves,
    random_rows,
    tensor,
    total,
    without_heads,
)

from qscore_core.errors import SettingsError
from qscore_core.objectives import DINOSettings

THIRD = 1 / math.log(3)  # as temperature turns outputs 1 and 0 into odds of 3 to 1
# lightly rounds the teacher's temperature to float32, which keeps these two
TEMPERATURES = {"student_temperature": 0.125, "teacher_temperature": 0.0625}


def softmax_by_loop(values, temperature):
    weights = [math.exp(value / temperature) for value in values]
    return [weight / sum(weights) for weight in weights]


def cross_entropy_by_loop(teacher, student, centre):
    """Equation 3 of arXiv 2104.14294 as its algorithm 1 has it: every pair of different views, image by image."""
    losses = []
    for t, teacher_view in enumerate(teacher):
        for s, student_view in enumerate(student):
            for wanted, given in zip(teacher_view, student_view, strict=True):
                p = softmax_by_loop(wanted - centre, TEMPERATURES["teacher_temperature"])
                q = softmax_by_loop(given, TEMPERATURES["student_temperature"])
                if s != t:
                    losses.append(-sum(p[k] * math.log(q[k]) for k in range(len(p))))
    return sum(losses) / len(losses)


def other_teacher(dino):
    """The objective with a teacher that has gone its own way."""
    dino.momentum_projector.load_state_dict(built("dino", seed=1).projector.state_dict())
    return dino


def test_one_picture_by_hand():
    # temperatures 1 / ln 3 turn outputs (1,0) into (0.75,0.25) and (0,1) into (0.25,0.75); (0,0) is (0.5,0.5)
    # teacher: (1,0) and (0,1); student: (1,0), (0,1) and for the small view (0,0)
    # pairs of different views: twice -(0.75 ln 0.25 + 0.25 ln 0.75) = 1.111641, twice ln 2 = 0.693147; mean 0.902394
    dino = without_heads("dino", student_temperature=THIRD, teacher_temperature=THIRD, output_dim=2, local_views=1)
    first, second, neither = tensor([[1, 0]]), tensor([[0, 1]]), tensor([[0, 0]])
    terms = dino.terms([first, second, neither], [first, second])
    assert list(terms) == ["cross_entropy"]
    assert terms["cross_entropy"].item() == pytest.approx(0.902394, abs=1e-6)


def test_the_centre_by_hand():
    # teacher outputs (1,0), (0,1) and once more (3,2), (0,1): centre 0.1 * (0.5, 0.5) = (0.05, 0.05),
    # then 0.9 * (0.05, 0.05) + 0.1 * (1.5, 1.5) = (0.195, 0.195)
    dino = without_heads("dino", output_dim=2, local_views=0, center_momentum=0.9)
    for teacher in ([[1, 0]], [[0, 1]]), ([[3, 2]], [[0, 1]]):
        dino.terms([tensor([[1, 0]])] * 2, [tensor(rows) for rows in teacher])
    assert dino.cross_entropy.center.squeeze().tolist() == pytest.approx([0.195, 0.195])


@pytest.mark.parametrize("local_views", [0, 3])
def test_several_steps_agree_with_loops_through_the_heads(local_views):
    dino = other_teacher(built("dino", local_views=local_views, center_momentum=0.6, **TEMPERATURES))
    assert dino.views == (VIEW, VIEW) + (SMALL_VIEW,) * local_views
    centre = np.zeros(7)
    for step in range(3):
        rows = random_rows(2 + local_views, images=5, seed=step)
        targets = random_rows(images=5, seed=10 + step)
        student = [dino.projector(h).detach().numpy() for h in rows]
        teacher = [dino.momentum_projector(h).detach().numpy() for h in targets]
        expected = cross_entropy_by_loop(teacher, student, centre)
        assert dino.terms(rows, targets)["cross_entropy"].item() == pytest.approx(expected, rel=1e-10)
        centre = 0.6 * centre + 0.4 * sum(row for view in teacher for row in view) / 10  # equation 4
        assert dino.cross_entropy.center.flatten().numpy() == pytest.approx(centre)


def test_autograd_agrees_with_differences():
    assert derivative_matches("dino", targets=random_rows(seed=1), views=4)


def test_the_teacher_gets_no_gradient():
    dino, targets = other_teacher(built("dino")), leaves(random_rows(seed=1))
    total(dino.terms(leaves(random_rows(4)), targets)).backward()
    assert all(h.grad is None for h in targets)
    assert all(p.grad is None for p in dino.momentum_projector.parameters())


def test_the_teacher_starts_as_the_student_and_sees_the_global_views_only():
    dino = built("dino")
    h = random_rows(1)[0]
    torch.testing.assert_close(dino.momentum_projector(h), dino.projector(h))
    views = leaves(random_rows(4, dim=4))
    targets = dino.targets(views)
    assert len(targets) == 2
    for target, view in zip(targets, views, strict=False):
        torch.testing.assert_close(target, dino.momentum_encoder.encoder(view))
        assert not target.requires_grad


@pytest.mark.parametrize(("share_done", "rate"), [(0.0, 0.9), (0.5, 0.95), (1.0, 1.0)])
def test_a_step_moves_the_teacher_at_a_rate_that_rises_along_the_papers_cosine(share_done, rate):
    assert_momentum_copies_follow("dino", share_done, rate, momentum=0.9)


@pytest.mark.parametrize(("epoch", "moved"), [(0, {"layers"}), (1, {"layers"}), (2, {"layers", "last_layer"})])
def test_the_last_layer_rests_in_the_first_epochs(epoch, moved):
    dino = built("dino", frozen_epochs=2)
    before = {name: value.clone() for name, value in dino.projector.named_parameters()}
    optimizer = torch.optim.SGD(dino.projector.parameters(), lr=1.0)
    total(dino.terms(random_rows(4), random_rows(seed=1))).backward()
    dino.before_update(epoch)
    optimizer.step()
    after = dict(dino.projector.named_parameters())
    assert {name.partition(".")[0] for name in before if not torch.equal(before[name], after[name])} == moved


def test_outputs_are_cosines_between_unit_vectors():
    # the last layer's directions have length 1 and keep it, so that no output can win by its length
    dino = built("dino")
    with torch.no_grad():
        dino.projector.last_layer.weight_v.mul_(5)
    outputs = dino.projector(1e3 * random_rows(1)[0])
    assert outputs.abs().max() <= 1 + 1e-12
    assert not dino.projector.last_layer.weight_g.requires_grad


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"student_temperature": 0.0}, "`student_temperature` should exceed 0. Found 0.0."),
        ({"teacher_temperature": -1.0}, "`teacher_temperature` should exceed 0. Found -1.0."),
        ({"momentum": -0.1}, "`momentum` should lie between 0 and 1. Found -0.1."),
        ({"center_momentum": 1.1}, "`center_momentum` should lie between 0 and 1. Found 1.1."),
        ({"local_views": -1}, "`local_views` should be at least 0. Found -1."),
        ({"frozen_epochs": -1}, "`frozen_epochs` should be at least 0. Found -1."),
    ],
)
def test_settings_without_meaning_are_refused(changes, message):
    with pytest.raises(SettingsError) as refused:
        DINOSettings(VIEW, VIEW, **changes)
    assert str(refused.value) == message
