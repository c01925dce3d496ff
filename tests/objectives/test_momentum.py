"""Momentum copies: the rule they follow, what they leave alone, and how their rate rises."""

import math

import pytest
import torch
from objective_inputs import tiny_encoder

from qscore_core.objectives.momentum import MomentumEncoder, frozen_copy, rising_momentum


def test_a_step_by_hand():
    # 0.75 * 2 + 0.25 * 6 = 3
    copied, encoder = MomentumEncoder(torch.nn.Linear(1, 1)), torch.nn.Linear(1, 1)
    with torch.no_grad():
        copied.encoder.weight.fill_(2)
        encoder.weight.fill_(6)
    copied.follow(encoder, 0.75)
    assert copied.encoder.weight.item() == 3
    assert encoder.weight.item() == 6


def test_the_copy_shares_nothing_with_the_encoder_and_cannot_be_trained():
    encoder = tiny_encoder()
    copied = frozen_copy(encoder)
    assert not any(p.requires_grad for p in copied.parameters())
    assert all(p.requires_grad for p in encoder.parameters())
    shared = {p.data_ptr() for p in encoder.parameters()} & {p.data_ptr() for p in copied.parameters()}
    assert not shared


def test_the_copy_normalises_by_its_own_batches():
    copied = MomentumEncoder(tiny_encoder())
    dark, bright = torch.randn(4, 3, 12, 12), 5 + torch.randn(4, 3, 12, 12)
    of_both = copied([torch.cat([dark, bright])])[0]
    of_each = torch.cat(copied([dark, bright]))
    assert not torch.allclose(of_both, of_each, atol=1e-3)
    assert copied.encoder.bn1.num_batches_tracked == 3


def test_under_autocast_targets_are_no_longer_in_half_precision():
    copied = MomentumEncoder(torch.nn.Linear(3, 2))
    with torch.autocast("cpu", torch.bfloat16):
        assert copied([torch.ones(4, 3)])[0].dtype == torch.float32


@pytest.mark.parametrize("share_done", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_the_rate_rises_along_half_a_cosine(share_done):
    # arXiv 2006.07733, section 3: tau = 1 - (1 - tau_base) (cos(pi k / K) + 1) / 2
    expected = 1 - (1 - 0.996) * (math.cos(math.pi * share_done) + 1) / 2
    assert rising_momentum(0.996, share_done) == pytest.approx(expected, abs=1e-8)


def test_the_rate_ends_at_exactly_one():
    assert rising_momentum(0.99, 0.0) == pytest.approx(0.99, abs=1e-12)
    assert rising_momentum(0.99, 1.0) == 1.0
