"""MoCo's loss and queue against arithmetic by hand and plain loops; which keys are encoded together."""

import math

import numpy as np
import pytest
import torch
from objective_inputs import (
    VIEW,
    assert_momentum_copies_follow,
    built,
    derivative_matches,
    gradients,
    leaves,
    random_rows,
    tensor,
    total,
    unit,
    without_heads,
)
from torch import nn

from qscore_core.errors import SettingsError
from qscore_core.objectives import MoCoSettings

TEMPERATURE = 0.5


class SlowMoCo:
    """Equation 1 of arXiv 1911.05722 for one query at a time, and a queue that is filled one key at a time."""

    def __init__(self, negatives):
        self.negatives, self.place = list(negatives), 0

    def step(self, queries, keys):
        """The mean loss of a batch; afterwards the keys take the places of the oldest negatives."""
        losses = [self._info_nce(unit(query), unit(key)) for query, key in zip(queries, keys, strict=True)]
        for key in keys:
            self.negatives[self.place] = unit(key)
            self.place = (self.place + 1) % len(self.negatives)
            if self.place == 0:  # lightly starts every round with a new batch
                break
        return sum(losses) / len(losses)

    def _info_nce(self, query, key):
        positive = math.exp(query @ key / TEMPERATURE)
        return -math.log(positive / (positive + sum(math.exp(query @ k / TEMPERATURE) for k in self.negatives)))


class SumOverBatch(nn.Module):
    """Like batch norm, gives every picture something of the pictures that it is encoded with."""

    def forward(self, pixels):
        return pixels.flatten(1).sum(0, keepdim=True).expand(len(pixels), -1)


def bank_of(moco):
    return moco.info_nce.memory_bank.bank


def keys_encoded_together(moco, images):
    """For each view the sets of pictures that were encoded in one part; picture i holds the number 2^i."""
    moco.momentum_encoder.encoder = SumOverBatch()
    view = 2.0 ** torch.arange(images).reshape(images, 1, 1, 1)
    return [{frozenset(bits(int(h))) for h in target} for target in moco.targets([view, view])]


def bits(number):
    return [place for place in range(number.bit_length()) if number >> place & 1]


def test_one_picture_by_hand():
    # the queue holds (0,1) and (-1,0); the first view's query (1,0) has the second view's key (0,1), the second view's
    # query (0,1) has the first view's key (1,0); temperature 1/2:
    # first  cosines: key 0, queue 0 and -1: loss = ln(1 + 1 + e^-2) = 0.758624
    # second cosines: key 0, queue 1 and 0:  loss = ln(1 + e^2 + 1)  = 2.239545; their mean is 1.499084
    moco = without_heads("moco", temperature=TEMPERATURE, queue_length=2, output_dim=2)
    bank_of(moco).copy_(tensor([[0, 1], [-1, 0]]))
    terms = moco.terms([tensor([[1, 0]]), tensor([[0, 2]])], [tensor([[3, 0]]), tensor([[0, 1]])])
    assert list(terms) == ["info_nce"]
    assert terms["info_nce"].item() == pytest.approx(1.499084, abs=1e-6)


@pytest.mark.parametrize("images", [3, 5])  # 6 keys a step overrun the queue of 10 at the second one, 10 just fill it
def test_several_steps_agree_with_loops(images):
    moco = built("moco", temperature=TEMPERATURE, queue_length=10)
    moco.momentum_projector.load_state_dict(built("moco", seed=1).projector.state_dict())
    slow = SlowMoCo(bank_of(moco).clone().numpy())
    for step in range(4):
        rows, targets = leaves(random_rows(images=images, seed=step)), random_rows(images=images, seed=10 + step)
        queries = [moco.projector(h).detach().numpy() for h in rows]
        keys = [moco.momentum_projector(h).numpy() for h in targets]
        expected = slow.step([*queries[0], *queries[1]], [*keys[1], *keys[0]])
        assert moco.terms(rows, targets)["info_nce"].item() == pytest.approx(expected, rel=1e-10)
        assert bank_of(moco).numpy() == pytest.approx(np.array(slow.negatives))


def test_keys_enter_the_queue_after_their_use():
    moco = built("moco", queue_length=16)
    noise = bank_of(moco).clone()
    targets = random_rows()
    moco.terms(leaves(random_rows()), targets)
    keys = torch.cat([moco.momentum_projector(h) for h in reversed(targets)])
    torch.testing.assert_close(bank_of(moco)[:8], nn.functional.normalize(keys))
    assert torch.equal(bank_of(moco)[8:], noise[8:])


def test_a_look_without_gradient_leaves_the_queue_alone():
    moco = built("moco")
    before = bank_of(moco).clone()
    with torch.no_grad():
        moco.terms(random_rows(), random_rows(seed=1))
    assert torch.equal(bank_of(moco), before)


def test_autograd_agrees_with_differences():
    assert derivative_matches("moco", targets=random_rows(seed=1))


def test_keys_get_no_gradient():
    moco, targets = built("moco"), leaves(random_rows(seed=1))
    total(moco.terms(leaves(random_rows()), targets)).backward()
    assert all(h.grad is None for h in targets)
    assert all(p.grad is None for p in moco.momentum_projector.parameters())
    assert all(g.abs().sum() > 0 for g in gradients(built("moco"), random_rows(), targets))


def test_keys_are_in_the_order_of_the_pictures():
    moco = built("moco")
    views = random_rows(images=10, dim=4)
    for target, view in zip(moco.targets(views), views, strict=True):
        torch.testing.assert_close(target, moco.momentum_encoder.encoder(view))
        assert not target.requires_grad


@pytest.mark.parametrize(
    ("images", "sizes"), [(16, [4, 4, 4, 4]), (10, [2, 2, 3, 3]), (7, [2, 2, 3]), (3, [3]), (1, [1])]
)
def test_keys_are_encoded_in_even_parts_of_at_least_two_pictures(images, sizes):
    for parts in keys_encoded_together(built("moco", key_groups=4), images):
        assert sorted(len(part) for part in parts) == sizes
        assert set().union(*parts) == set(range(images))


def test_parts_change_with_view_and_step_and_follow_from_the_state_alone():
    moco = built("moco")
    first = keys_encoded_together(moco, 16)
    assert first[0] != first[1]
    torch.rand(1)  # what else is drawn does not matter
    assert keys_encoded_together(moco, 16) == first
    moco.momentum_encoder = built("moco").momentum_encoder
    moco.after_step(nn.Sequential(nn.Flatten(), nn.Linear(4, 6)).double(), share_done=0.1)
    assert keys_encoded_together(moco, 16) != first


def test_a_step_moves_the_momentum_encoder_and_projector_by_the_papers_rule():
    assert_momentum_copies_follow("moco", share_done=0.9, rate=0.75, momentum=0.75)  # constant along the run


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"temperature": 0.0}, "`temperature` should exceed 0. Found 0.0."),
        ({"queue_length": 0}, "`queue_length` should exceed 0. Found 0."),
        ({"key_groups": -1}, "`key_groups` should exceed 0. Found -1."),
        ({"momentum": 1.5}, "`momentum` should lie between 0 and 1. Found 1.5."),
    ],
)
def test_settings_without_meaning_are_refused(changes, message):
    with pytest.raises(SettingsError) as refused:
        MoCoSettings(VIEW, **changes)
    assert str(refused.value) == message
