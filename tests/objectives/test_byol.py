"""BYOL's loss against arithmetic by hand and a plain loop; what follows the encoder, and how fast."""

import math

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
    unit,
    without_heads,
)

from qscore_core.errors import SettingsError
from qscore_core.objectives import BYOLSettings


def regression_by_loop(predictions, targets):
    """Equation 2 of arXiv 2006.07733 as a squared distance, for both directions, one picture at a time."""
    (first, second), (of_first, of_second) = predictions, targets
    pairs = [*zip(first, of_second, strict=True), *zip(second, of_first, strict=True)]
    return sum(sum((unit(p) - unit(z)) ** 2) for p, z in pairs) / len(first)


def test_one_picture_by_hand():
    # the first view predicts (1,0) where the second view's target is (0.6,0.8): 0.4^2 + 0.8^2 = 0.8;
    # the second predicts (0,2) where the first view's target is (0,-1): the opposite direction, 2^2 = 4
    byol = without_heads("byol")
    terms = byol.terms([tensor([[1, 0]]), tensor([[0, 2]])], [tensor([[0, -1]]), tensor([[3, 4]])])
    assert list(terms) == ["regression"]
    assert terms["regression"].item() == pytest.approx(4.8)


def test_random_rows_agree_with_a_loop_through_the_heads():
    byol = built("byol")
    byol.momentum_projector.load_state_dict(built("byol", seed=1).projector.state_dict())
    rows, targets = random_rows(images=7), random_rows(images=7, seed=1)
    expected = regression_by_loop(
        [byol.predictor(byol.projector(h)).detach().numpy() for h in rows],
        [byol.momentum_projector(h).numpy() for h in targets],
    )
    assert byol.terms(rows, targets)["regression"].item() == pytest.approx(expected, rel=1e-10)


def test_autograd_agrees_with_differences():
    assert derivative_matches("byol", targets=random_rows(seed=1))


def test_targets_get_no_gradient():
    byol, targets = built("byol"), leaves(random_rows(seed=1))
    total(byol.terms(leaves(random_rows()), targets)).backward()
    assert all(h.grad is None for h in targets)
    assert all(p.grad is None for p in byol.momentum_projector.parameters())


def test_targets_are_the_momentum_encoders_representations_of_every_view():
    byol = built("byol")
    views = leaves(random_rows(dim=4))
    for target, view in zip(byol.targets(views), views, strict=True):
        torch.testing.assert_close(target, byol.momentum_encoder.encoder(view))
        assert not target.requires_grad


@pytest.mark.parametrize("share_done", [0.0, 0.25, 1.0])
def test_a_step_moves_encoder_and_projector_at_a_rate_that_rises_along_the_papers_cosine(share_done):
    rate = 1 - (1 - 0.9) * (math.cos(math.pi * share_done) + 1) / 2  # below equation 1 of the paper
    assert_momentum_copies_follow("byol", share_done, rate, momentum=0.9)


def test_the_predictor_has_no_momentum_copy_and_the_two_views_differ():
    byol = built("byol")
    assert byol.views == (VIEW, SMALL_VIEW)
    assert {name.partition(".")[0] for name in byol.state_dict()} == {
        "projector",
        "predictor",
        "momentum_encoder",
        "momentum_projector",
    }


def test_a_momentum_above_one_is_refused():
    with pytest.raises(SettingsError, match=r"^`momentum` should lie between 0 and 1\. Found 1\.01\.$"):
        BYOLSettings(VIEW, VIEW, momentum=1.01)
