"""SimCLR's loss against arithmetic by hand and against a plain loop over the paper's equation."""

import math

import pytest
import torch
from torch import nn

from qscore_core.errors import SettingsError
from qscore_core.objectives import SimCLRSettings, ViewRecipe


def objective_without_projector(temperature):
    simclr = SimCLRSettings(ViewRecipe(size=8), temperature=temperature).build(dim=2)
    simclr.projector = nn.Identity()
    return simclr


def nt_xent_by_loop(first, second, temperature):
    """Equation 1 of arXiv 2002.05709, one row at a time, in float64."""
    rows = [row / row.norm() for row in torch.cat([first, second]).double()]
    images = len(first)
    losses = []
    for i, row in enumerate(rows):
        partner = (i + images) % (2 * images)
        others = [math.exp(float(row @ rows[k]) / temperature) for k in range(2 * images) if k != i]
        losses.append(-math.log(math.exp(float(row @ rows[partner]) / temperature) / sum(others)))
    return sum(losses) / len(losses)


def test_two_pictures_by_hand():
    # both views of picture 1 point along x, both of picture 2 along y; temperature 1/2:
    # each row has cosine 1 with its partner and 0 with the two others, so
    # loss = -ln(e^2 / (e^2 + 1 + 1)) = ln(1 + 2 e^-2) = 0.239545
    axes = torch.eye(2)
    terms = objective_without_projector(0.5).terms([], [axes, 3 * axes])  # lengths do not matter
    assert terms["nt_xent"].item() == pytest.approx(0.239545, abs=1e-6)


@pytest.mark.parametrize("temperature", [0.1, 0.5, 2.0])
def test_random_projections_agree_with_a_float64_loop(temperature):
    generator = torch.Generator().manual_seed(0)
    first, second = (torch.randn(7, 5, generator=generator) for _ in range(2))
    terms = objective_without_projector(temperature).terms([], [first, second])
    assert terms["nt_xent"].item() == pytest.approx(nt_xent_by_loop(first, second, temperature), rel=1e-5)


def test_the_loss_keeps_float32_under_autocast():
    generator = torch.Generator().manual_seed(0)
    first, second = (torch.randn(7, 5, generator=generator) for _ in range(2))
    objective = objective_without_projector(0.05)
    with torch.autocast("cpu", torch.bfloat16):
        inside = objective.terms([], [first, second])["nt_xent"]
    assert inside.item() == pytest.approx(nt_xent_by_loop(first, second, 0.05), rel=1e-5)


def test_both_views_follow_one_recipe_and_the_projector_is_part_of_the_state():
    simclr = SimCLRSettings(ViewRecipe(size=8), hidden_dim=6, output_dim=4).build(dim=5)
    assert [view.size for view in simclr.views] == [8, 8]
    projections = simclr.projector(torch.randn(3, 5))
    assert projections.shape == (3, 4)
    assert any(name.startswith("projector.") for name in simclr.state_dict())


def test_a_temperature_of_zero_is_refused():
    with pytest.raises(SettingsError, match=r"^`temperature` should exceed 0\. Found 0\.$"):
        SimCLRSettings(ViewRecipe(size=8), temperature=0)
