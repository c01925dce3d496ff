"""What holds for all methods with a real network: gradients everywhere, half precision, a complete state."""

import io

import pytest
import torch
from objective_inputs import SETTINGS, SHAPE, random_rows, random_views, tiny_encoder, total, without_heads

from qscore_core.objectives import METHODS

# parameters that the loss does not depend on, so that their gradient is zero
WITHOUT_EFFECT = {
    "byol": {"projector.layers.3.bias"},  # the predictor's batch norm removes a shift
    "vicreg": {"projector.layers.6.bias"},  # no term depends on the mean
    "barlow": {"projector.layers.6.bias"},  # as above
}
LATER = 5  # an epoch in which no method freezes anything

every_method = pytest.mark.parametrize("method", METHODS)


def pair(method, seed=0):
    """A real encoder and the method's objective, with random weights from the seed."""
    torch.manual_seed(seed)
    encoder = tiny_encoder(seed)
    return encoder, SETTINGS[method].build(encoder, SHAPE.dim)


def terms_of(encoder, objective, views):
    return objective.terms([encoder(view) for view in views], objective.targets(views))


def train(encoder, objective, steps):
    optimizer = torch.optim.SGD([p for m in (encoder, objective) for p in m.parameters() if p.requires_grad], lr=0.1)
    for step in range(steps):
        optimizer.zero_grad()
        total(terms_of(encoder, objective, random_views(objective, seed=step))).backward()
        objective.before_update(LATER)
        optimizer.step()
        objective.after_step(encoder, share_done=(step + 1) / 10)


def reloaded(state, objective):
    """`objective` with a state that has been through a file."""
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    objective.load_state_dict(torch.load(file, weights_only=True))
    return objective


def test_the_eight_methods_are_known_by_name():
    assert list(METHODS) == ["simclr", "swav", "moco", "byol", "dino", "simsiam", "vicreg", "barlow"]
    assert all(settings.method == name for name, settings in METHODS.items())
    assert set(SETTINGS) == set(METHODS)


@every_method
def test_every_trainable_parameter_gets_a_gradient_unless_the_loss_ignores_it(method):
    encoder, objective = (module.double() for module in pair(method))
    views = [view.double() for view in random_views(objective)]
    terms = terms_of(encoder, objective, views)
    total(terms).backward()
    trainable = {name: p for m in (encoder, objective) for name, p in m.named_parameters() if p.requires_grad}
    ignored = {name for name, p in trainable.items() if p.grad.abs().max() < 1e-12}
    assert all(term.isfinite() and term.shape == () for term in terms.values())
    assert ignored == WITHOUT_EFFECT.get(method, set())


@every_method
def test_nothing_of_a_momentum_copy_is_trainable(method):
    _, objective = pair(method)
    copies = [p for name, p in objective.named_parameters() if name.startswith("momentum_")]
    assert bool(copies) == (method in {"moco", "byol", "dino"})
    assert not any(p.requires_grad for p in copies)


@every_method
def test_under_autocast_the_terms_come_out_in_float32_and_close_to_those_without(method):
    encoder, objective = pair(method)
    views = random_views(objective)
    with torch.autocast("cpu", torch.bfloat16):
        half = terms_of(encoder, objective, views)
        total(half).backward()
    full = terms_of(*pair(method), views)
    assert all(term.dtype == torch.float32 for term in half.values())
    assert all(p.grad.isfinite().all() for p in encoder.parameters())
    # bf16 keeps 8 bits, and batch norm over 8 pictures stretches its errors
    torch.testing.assert_close(half, full, rtol=0, atol=0.1 * max(1, total(full).abs().item()))


@every_method
def test_after_the_heads_autocast_changes_nothing(method):
    changes = {} if method == "simsiam" else {"output_dim": 2}
    rows, targets = ([h.float() for h in random_rows(views, dim=2, seed=views)] for views in (4, 2))
    plain, mixed = (without_heads(method, **changes).float() for _ in range(2))
    rows = rows[: len(plain.views)]
    with torch.autocast("cpu", torch.bfloat16):
        found = mixed.terms(rows, targets)
    torch.testing.assert_close(found, plain.terms(rows, targets), rtol=0, atol=0)


@every_method
def test_a_step_changes_the_weights_of_encoder_and_heads(method):
    encoder, objective = pair(method)
    before = {name: p.clone() for m in (encoder, objective) for name, p in m.named_parameters()}
    train(encoder, objective, steps=1)
    after = {name: p for m in (encoder, objective) for name, p in m.named_parameters()}
    still = {name for name in before if torch.equal(before[name], after[name])}
    assert still <= WITHOUT_EFFECT.get(method, set()) | {n for n, p in after.items() if not p.requires_grad}


@every_method
def test_the_state_is_all_that_the_coming_steps_depend_on(method):
    encoder, objective = pair(method)
    train(encoder, objective, steps=3)
    resumed = reloaded(objective.state_dict(), pair(method, seed=1)[1])
    for step in range(3, 6):
        views = random_views(objective, seed=step)
        expected = terms_of(encoder, objective, views)
        torch.rand(1)
        found = terms_of(encoder, resumed, views)
        assert all(torch.equal(found[name], expected[name]) for name in expected)
        for kept in (objective, resumed):
            kept.after_step(encoder, share_done=step / 10)
