"""SimCLR's loss against arithmetic by hand and against a plain loop over the paper's equation."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from objective_inputs import VIEW, built, derivative_matches, random_rows, tensor, unit, without_heads

from qscore_core.errors import SettingsError
from qscore_core.objectives import SimCLRSettings


def nt_xent_by_loop(first, second, temperature):
    """Equation 1 of arXiv 2002.05709, one row at a time, in float64."""
    rows = [unit(row) for row in torch.cat([first, second]).double().detach().numpy()]
    images = len(first)
    losses = []
    for i, row in enumerate(rows):
        partner = (i + images) % (2 * images)
        others = [math.exp(row @ rows[k] / temperature) for k in range(2 * images) if k != i]
        losses.append(-math.log(math.exp(row @ rows[partner] / temperature) / sum(others)))
    return sum(losses) / len(losses)


def test_two_pictures_by_hand():
    # both views of picture 1 point along x, both of picture 2 along y; temperature 1/2:
    # each row has cosine 1 with its partner and 0 with the two others, so
    # loss = -ln(e^2 / (e^2 + 1 + 1)) = ln(1 + 2 e^-2) = 0.239545
    axes = tensor([[1, 0], [0, 1]])
    terms = without_heads("simclr", temperature=0.5).terms([axes, 3 * axes], [])  # lengths do not matter
    assert list(terms) == ["nt_xent"]
    assert terms["nt_xent"].item() == pytest.approx(0.239545, abs=1e-6)


@pytest.mark.parametrize("temperature", [0.1, 0.5, 2.0])
def test_random_rows_agree_with_a_loop_through_the_projector(temperature):
    simclr = built("simclr", temperature=temperature)
    rows = random_rows(images=7)
    expected = nt_xent_by_loop(*(simclr.projector(h) for h in rows), temperature)
    assert simclr.terms(rows, [])["nt_xent"].item() == pytest.approx(expected, rel=1e-10)


def test_autograd_agrees_with_differences():
    assert derivative_matches("simclr")


@settings(max_examples=50)
@given(st.permutations(range(5)), st.lists(st.floats(1e-3, 1e3), min_size=5, max_size=5))
def test_neither_order_nor_length_of_the_projections_matters(order, lengths):
    simclr = without_heads("simclr")
    first, second = random_rows(images=5, dim=2)
    changed = [first[order] * tensor(lengths)[:, None], second[order]]
    expected = simclr.terms([first, second], [])["nt_xent"].item()
    assert simclr.terms(changed, [])["nt_xent"].item() == pytest.approx(expected, rel=1e-9)


def test_both_views_follow_one_recipe_and_the_projector_is_part_of_the_state():
    simclr = built("simclr", hidden_dim=6, output_dim=4)
    assert simclr.views == (VIEW, VIEW)
    assert simclr.projector(random_rows()[0]).shape == (4, 4)
    assert any(name.startswith("projector.") for name in simclr.state_dict())


def test_a_temperature_of_zero_is_refused():
    with pytest.raises(SettingsError, match=r"^`temperature` should exceed 0\. Found 0\.$"):
        SimCLRSettings(VIEW, temperature=0)
