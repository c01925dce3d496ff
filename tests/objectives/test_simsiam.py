"""SimSiam's loss against arithmetic by hand and a plain loop; where its gradient stops."""

import pytest
import torch
from objective_inputs import VIEW, built, differences, gradients, random_rows, tensor, unit, without_heads
from torch import nn


class KeepFirst(nn.Module):
    def forward(self, z):
        return z * tensor([1, 0])


def negative_cosine_by_loop(predictions, projections):
    """Equation 4 of arXiv 2011.10566, one picture at a time."""
    (p1, p2), (z1, z2) = predictions, projections
    pairs = [*zip(p1, z2, strict=True), *zip(p2, z1, strict=True)]
    return -sum(unit(p) @ unit(z) for p, z in pairs) / len(p1) / 2


def test_one_picture_by_hand():
    # projections (1,0) and (0.6,0.8); a predictor that drops the second number predicts (1,0) and (0.6,0):
    # cosines 0.6 with the second view's projection and 1 with the first view's: -(0.6 + 1) / 2 = -0.8
    simsiam = without_heads("simsiam")
    simsiam.predictor = KeepFirst()
    terms = simsiam.terms([tensor([[1, 0]]), tensor([[3, 4]])], [])
    assert list(terms) == ["negative_cosine"]
    assert terms["negative_cosine"].item() == pytest.approx(-0.8)


def test_random_rows_agree_with_a_loop_through_the_heads():
    simsiam = built("simsiam")
    rows = random_rows(images=7)
    projections = [simsiam.projector(h) for h in rows]
    expected = negative_cosine_by_loop(
        [simsiam.predictor(z).detach().numpy() for z in projections], [z.detach().numpy() for z in projections]
    )
    assert simsiam.terms(rows, [])["negative_cosine"].item() == pytest.approx(expected, rel=1e-10)


def test_autograd_agrees_with_differences_that_hold_the_projections_fixed():
    simsiam = built("simsiam")
    rows = random_rows()
    fixed = [simsiam.projector(h).detach().numpy() for h in rows]

    def loss(moved):
        return negative_cosine_by_loop([simsiam.predictor(simsiam.projector(h)).numpy() for h in moved], fixed)

    expected = differences(loss, random_rows())
    torch.testing.assert_close(list(gradients(simsiam, rows, [])), expected, rtol=1e-5, atol=1e-8)


def test_no_gradient_comes_from_the_projections_that_are_predicted():
    # a predictor that says the same of every picture stops its own side, so nothing may be left
    simsiam = built("simsiam")
    nn.init.zeros_(simsiam.predictor.layers[-1].weight)
    nn.init.ones_(simsiam.predictor.layers[-1].bias)
    assert all(torch.equal(g, torch.zeros_like(g)) for g in gradients(simsiam, random_rows(), []))


def test_identical_views_with_a_faithful_predictor_reach_minus_one():
    simsiam = without_heads("simsiam")
    rows = random_rows(1, dim=2) * 2
    assert simsiam.terms(rows, [])["negative_cosine"].item() == pytest.approx(-1)


def test_both_views_follow_one_recipe():
    assert built("simsiam").views == (VIEW, VIEW)
