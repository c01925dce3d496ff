"""SwAV's loss, Sinkhorn-Knopp and queues against arithmetic by hand and plain loops; its prototypes."""

import math

import numpy as np
import pytest
import torch
from objective_inputs import (
    SMALL_VIEW,
    VIEW,
    built,
    differences,
    gradients,
    leaves,
    random_rows,
    tensor,
    total,
    unit,
    without_heads,
)

from qscore_core.errors import SettingsError
from qscore_core.objectives import SwAVSettings

TEMPERATURE, EPSILON = 0.2, 0.1
THIRD = 1 / math.log(3)  # as temperature turns similarities 1 and 0 into odds of 3 to 1


def assignments_by_loop(similarities):
    """Sinkhorn-Knopp of arXiv 2006.09882 (equation 3 and below), one number at a time: [image, prototype]."""
    images, prototypes = similarities.shape
    q = np.exp(similarities / EPSILON)
    for _ in range(3):
        for k in range(prototypes):  # all prototypes get the same weight ...
            q[:, k] /= sum(q[i, k] for i in range(images)) * prototypes
        for i in range(images):  # ... and all images
            q[i] /= sum(q[i, k] for k in range(prototypes)) * images
    return q * images


def cross_entropy_by_loop(assignments, similarities):
    """Equation 2 of the paper, the mean over the images."""
    loss = 0.0
    for q, s in zip(assignments, similarities, strict=True):
        weights = [math.exp(value / TEMPERATURE) for value in s]
        loss -= sum(q[k] * math.log(weights[k] / sum(weights)) for k in range(len(s)))
    return loss / len(similarities)


def swapped_by_loop(assignments, similarities):
    """The mean over all pairs of a global view's assignments and another view's prediction."""
    losses = [
        cross_entropy_by_loop(assignments[i], similarities[v])
        for i in range(2)
        for v in range(len(similarities))
        if v != i
    ]
    return sum(losses) / len(losses)


def projections_of(swav, rows):
    return [np.array([unit(z) for z in swav.projector(h).detach().numpy()]) for h in rows]


def prototypes_of(swav):
    return swav.prototypes.heads[0].weight.detach().numpy()


@pytest.mark.parametrize(("order", "loss"), [([0, 1], 0.562335), ([1, 0], 1.111641)])
def test_two_pictures_by_hand(order, loss):
    # prototypes and projections along the axes; with ln 3 = 1 / epsilon = 1 / temperature
    # assignments: exp gives 3 and 1, columns and rows are balanced at once: (0.75, 0.25), (0.25, 0.75)
    # predictions: softmax of (ln 3, 0) = (0.75, 0.25), likewise the other
    # views that agree: -(0.75 ln 0.75 + 0.25 ln 0.25) = 0.562335
    # views that see the pictures exchanged: -(0.75 ln 0.25 + 0.25 ln 0.75) = 1.111641
    swav = without_heads(
        "swav", output_dim=2, prototypes=2, temperature=THIRD, epsilon=THIRD, local_views=0, queue_length=0
    )
    axes = tensor([[1, 0], [0, 1]])
    with torch.no_grad():
        swav.prototypes.heads[0].weight.copy_(axes)
    terms = swav.terms([5 * axes, axes[order]], [])
    assert list(terms) == ["swapped_prediction"]
    assert terms["swapped_prediction"].shape == ()
    assert terms["swapped_prediction"].item() == pytest.approx(loss, abs=1e-6)


@pytest.mark.parametrize("local_views", [0, 3])
def test_random_rows_agree_with_loops_through_the_heads(local_views):
    swav = built("swav", temperature=TEMPERATURE, epsilon=EPSILON, local_views=local_views, queue_length=0)
    assert swav.views == (VIEW, VIEW) + (SMALL_VIEW,) * local_views
    rows = random_rows(2 + local_views, images=6)
    similarities = [z @ prototypes_of(swav).T for z in projections_of(swav, rows)]
    expected = swapped_by_loop([assignments_by_loop(s) for s in similarities[:2]], similarities)
    assert swav.terms(rows, [])["swapped_prediction"].item() == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(("length", "first_use"), [(6, 2), (7, 3), (3, 1)])  # queues of 6 are full after two batches
def test_queues_join_the_assignments_once_they_are_full(length, first_use):
    swav = built("swav", temperature=TEMPERATURE, epsilon=EPSILON, queue_length=length)
    queues, place = [[None] * length, [None] * length], 0
    for step in range(5):
        rows = random_rows(4, images=3, seed=step)
        projections = projections_of(swav, rows)
        similarities = [z @ prototypes_of(swav).T for z in projections]
        assert all(z is not None for z in queues[0]) == (step >= first_use)
        assignments = []
        for view, queue in enumerate(queues):
            held = [z @ prototypes_of(swav).T for z in queue] if step >= first_use else []
            assignments.append(assignments_by_loop(np.array([*similarities[view], *held]))[:3])
        expected = swapped_by_loop(assignments, similarities)
        assert swav.terms(leaves(rows), [])["swapped_prediction"].item() == pytest.approx(expected, rel=1e-10)
        room = min(3, length - place)  # lightly starts every round of the queue with a new batch
        for view, queue in enumerate(queues):
            queue[place : place + room] = projections[view][:room]
        place = (place + room) % length


def test_autograd_agrees_with_differences_that_hold_the_assignments_fixed():
    swav = built("swav", temperature=TEMPERATURE, epsilon=EPSILON, queue_length=0)
    rows = random_rows(4)

    def similarities(of):
        return [z @ prototypes_of(swav).T for z in projections_of(swav, of)]

    fixed = [assignments_by_loop(s) for s in similarities(rows)[:2]]
    expected = differences(lambda moved: swapped_by_loop(fixed, similarities(moved)), random_rows(4))
    torch.testing.assert_close(list(gradients(swav, rows, [])), expected, rtol=1e-5, atol=1e-8)


def stepped(swav, epoch):
    """The objective after one step of plain gradient descent."""
    optimizer = torch.optim.SGD(swav.parameters(), lr=1.0)
    total(swav.terms(random_rows(4), [])).backward()
    swav.before_update(epoch)
    optimizer.step()
    return swav


def test_prototypes_rest_in_the_first_epoch_and_the_projector_does_not():
    swav = built("swav", frozen_epochs=1)
    before = {name: value.clone() for name, value in swav.named_parameters()}
    after = dict(stepped(swav, epoch=0).named_parameters())
    moved = {name.partition(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert moved == {"projector"}


def test_prototypes_move_later_and_have_length_one_after_a_step():
    swav = built("swav", frozen_epochs=1)
    before = prototypes_of(swav).copy()
    assert (before**2).sum(1) == pytest.approx(np.ones(7))
    stepped(swav, epoch=1)
    assert (prototypes_of(swav) ** 2).sum(1) != pytest.approx(np.ones(7))
    swav.after_step(torch.nn.Identity(), share_done=0.1)
    assert (prototypes_of(swav) ** 2).sum(1) == pytest.approx(np.ones(7))
    assert prototypes_of(swav) != pytest.approx(before, abs=1e-3)


def test_similarities_are_plain_cosines():
    swav = built("swav")
    assert [name for name, _ in swav.prototypes.named_parameters()] == ["heads.0.weight"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"temperature": 0.0}, "`temperature` should exceed 0. Found 0.0."),
        ({"epsilon": -0.05}, "`epsilon` should exceed 0. Found -0.05."),
        ({"prototypes": 0}, "`prototypes` should exceed 0. Found 0."),
        ({"local_views": -1}, "`local_views` should be at least 0. Found -1."),
        ({"queue_length": -1}, "`queue_length` should be at least 0. Found -1."),
        ({"frozen_epochs": -1}, "`frozen_epochs` should be at least 0. Found -1."),
    ],
)
def test_settings_without_meaning_are_refused(changes, message):
    with pytest.raises(SettingsError) as refused:
        SwAVSettings(VIEW, VIEW, **changes)
    assert str(refused.value) == message
